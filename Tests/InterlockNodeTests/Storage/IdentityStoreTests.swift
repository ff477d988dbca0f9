import Foundation
import InterlockMeshCore
import InterlockSystem
import TestSupport
import Testing

@testable import InterlockNode

@Suite struct IdentityStoreTests {
  @Test func `an identity others can read is a warning, a new one is news`() async throws {
    let folder = try TemporaryDirectory()
    let path = "\(folder.path)/identity"
    let made = try await IdentityStore(path: path).loadOrMake()
    guard case .notice(.info, let news, _) = try #require(made.notices.first) else {
      Issue.record("\(made.notices)")
      return
    }
    #expect(news.hasPrefix("made a new identity "))
    let again = try await IdentityStore(path: path).loadOrMake()
    #expect(again.identity.publicKey == made.identity.publicKey)
    #expect(again.notices.isEmpty)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let wide = try await IdentityStore(path: path).loadOrMake()
    guard case .notice(.warning, let advice, _) = try #require(wide.notices.first) else {
      Issue.record("\(wide.notices)")
      return
    }
    #expect(advice.contains("run chmod 600"))
  }
}
