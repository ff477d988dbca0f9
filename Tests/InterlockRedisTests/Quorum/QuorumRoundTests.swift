import Interlock
import InterlockLocks
import TestSupport
import Testing

@testable import InterlockRedis

@Suite struct QuorumRoundTests {
  private func round(_ servers: Int, counting: Set<Int>? = nil, _ votes: [QuorumVote?])
    -> QuorumRound
  {
    var round = QuorumRound(
      number: 1, sent: .origin, servers: servers, counting: counting ?? Set(0..<servers))
    for (server, vote) in votes.enumerated() {
      if let vote { round.take(vote, of: server) }
    }
    return round
  }

  private func yes(_ fence: UInt64) -> QuorumVote { .granted(Fence(fence)) }
  private func no(_ token: String = "other", left: Int64 = 1000) -> QuorumVote {
    .refused(RemoteLockObstacle(left: left, mode: "x", token: token, record: ""))
  }
  private let silent = QuorumVote.failed(.silent("its time"), mayHaveVoted: true)

  @Test func `two of three with one fence win, whatever the third says`() {
    #expect(round(3, [yes(7), yes(7), nil]).verdict == .won(Fence(7)))
    #expect(round(3, [yes(7), silent, yes(7)]).verdict == .won(Fence(7)))
    #expect(round(3, [no(), yes(7), yes(7)]).verdict == .won(Fence(7)))
  }

  @Test func `registers that differ are told apart, by the greatest`() {
    #expect(round(3, [yes(7), yes(8), nil]).verdict == .unequal(Fence(8)))
    // Two agree, and a third has seen more: what is written has to be greater than that.
    #expect(round(3, [yes(7), yes(7), yes(9)]).verdict == .unequal(Fence(9)))
    #expect(round(5, [yes(9), yes(9), yes(9), yes(7), nil]).verdict == .won(Fence(9)))
  }

  @Test func `a round is lost as soon as no majority can come together`() {
    #expect(round(3, [no(), nil, nil]).verdict == .open)
    #expect(round(3, [no(), silent, nil]).verdict == .lost)
    #expect(round(5, [yes(1), yes(1), no(), no(), nil]).verdict == .open)
    #expect(round(5, [yes(1), yes(1), no(), no(), no()]).verdict == .lost)
  }

  @Test func `a server that may have forgotten is not counted, but is told to give back`() {
    let round = round(3, counting: [0, 1], [yes(7), no(), yes(7)])
    #expect(round.verdict == .lost)
    #expect(round.mayHaveVoted == [0, 2])
    #expect(round.voters == [0])
  }

  @Test func `whoever did not answer may have voted; whoever said no has not`() {
    #expect(round(3, [no(), silent, nil]).mayHaveVoted == [1, 2])
    let down = QuorumVote.failed(.closed, mayHaveVoted: false)
    #expect(round(3, [down, yes(1), no()]).mayHaveVoted == [1])
  }

  @Test func `a majority is free when the slowest that it needs is`() {
    #expect(
      round(3, [no("a", left: 10), no("a", left: 900), no("a", left: 70)]).patience
        == .milliseconds(70))
    #expect(
      round(3, [yes(1), no("a", left: 900), no("a", left: -1)]).patience
        == .milliseconds(900))
    #expect(round(3, [no("a", left: 10), silent, silent]).patience == nil)
  }

  @Test func `votes that are divided last no longer than those who have them`() {
    #expect(round(3, [yes(1), no("a"), no("b")]).isDecided == false)
    #expect(round(3, [yes(1), no("a"), no("a")]).isDecided)
    #expect(round(5, [no("a"), no("a"), no("b"), no("b"), no("c")]).isDecided == false)
    #expect(round(5, [no("a"), no("b"), no("b"), no("b"), no("c")]).obstacle?.token == "b")
  }

  @Test func `most servers renew a lease or end it, and else nothing is known`() {
    func renewal(_ answers: [[String]?], voters: Set<Int> = [0, 1, 2], joining: Set<Int> = [])
      -> [LockRenewal.Answer]?
    {
      var renewal = QuorumRenewal(
        [QuorumRenewal.Electorate(voters: voters, joining: joining)], servers: 3, sent: .origin)
      for (server, answer) in answers.enumerated() { renewal.take(answer, of: server) }
      return renewal.outcomes?.map(\.answer)
    }
    #expect(renewal([["ok"]]) == nil)
    #expect(renewal([["ok"], nil, ["ok"]]) == [.confirmed(sent: .origin)])
    #expect(renewal([["ok"], ["ok"]]) == [.confirmed(sent: .origin)])
    #expect(renewal([["gone"], ["reset"]]) == [.refused(.expired)])
    #expect(renewal([["reset"], ["reset"]]) == [.refused(.backendReset)])
    #expect(renewal([["gone"], ["by me"]]) == [.refused(.stolen(by: "me"))])
    #expect(renewal([["ok"], nil, nil]) == [.unanswered])
    #expect(renewal([["ok"], ["gone"], nil]) == [.unanswered])
    #expect(renewal([["ok"], ["gone"]]) == nil)
    // A vote that came back later proves nothing.
    #expect(renewal([["ok"], ["gone"], ["ok"]], voters: [0, 1]) == [.refused(.expired)])
    #expect(renewal([["ok"], nil, ["ok"]], voters: [0, 1]) == [.unanswered])
    // One that is being asked to vote may do so: nothing is lost yet, and nothing proved.
    #expect(
      renewal([["ok"], ["ok"], ["gone"]], voters: [0], joining: [1]) == [.unanswered])
  }
}
