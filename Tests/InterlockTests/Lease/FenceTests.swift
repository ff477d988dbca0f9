import Interlock
import Testing

@Suite struct FenceTests {
  private static let then: UInt64 = 1_700_000_000_000_000
  private static let now: UInt64 = 1_790_000_000_000_000

  /// What is known, and the fence that follows from it.
  @Test(
    arguments: [
      (0, now, nil, now), (now, now, nil, now + 1), (now + 5, now, nil, now + 6),
      (now, now + 1, nil, now + 1), (0, then, now, now + 1), (now, then, now, now + 1),
      (5, 10, nil, 10), (nil, now, nil, now), (nil, then, now + 123, now + 124),
    ] as [(UInt64?, UInt64, UInt64?, UInt64)])
  func `a fence is greater than all that is known`(
    _ register: UInt64?, _ time: UInt64, _ floor: UInt64?, _ fence: UInt64
  ) {
    #expect(
      Fence(after: register.map(Fence.init), at: time, above: floor.map(Fence.init)) == Fence(fence)
    )
  }

  @Test func `a thing refuses every fence before the greatest it has seen`() {
    var register = FenceRegister()
    expect(register.accept(Fence(7)), is: true)
    expect(register.accept(Fence(7)), is: true, "a grant may write more than once")
    expect(register.accept(Fence(6)), is: false)
    expect(register.accept(Fence(9)), is: true)
    expect(
      register.accept(Fence(7)), is: false, "a holder that was overtaken may not write any more")
    #expect(register.greatest == Fence(9))
    var stored = FenceRegister(Fence(9))
    expect(stored.accept(Fence(8)), is: false)
  }
}
