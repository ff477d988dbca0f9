internal import Interlock
public import InterlockLocks

extension LockOptions {
  /// A term that ends while somebody works, so that it matters whether it is renewed.
  ///
  /// Where grants end with their process, and not by time, it makes no difference.
  ///
  /// - Parameters:
  ///   - term: How long a grant lasts.
  ///   - isRenewed: Whether it is renewed.
  /// - Returns: options for such a lock.
  public static func shortTerm(
    _ term: Duration = .milliseconds(500), isRenewed: Bool = true
  ) -> LockOptions {
    LockOptions(term: term, renewal: isRenewed ? .automatic : .never)
  }
}
