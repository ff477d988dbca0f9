/// Any ready job, each as likely as the others.
final class RandomWalk: Strategy {
  private var generator: SplitMix

  init(seed: UInt64) {
    generator = SplitMix(seed)
  }

  override func pick(_ ready: [ReadyJob], last: Int32) -> Int { generator.below(ready.count) }

  override func choose(_ count: Int) -> Int { generator.below(count) }

  override func happens(oneIn odds: Int) -> Bool { generator.below(odds) == 0 }
}
