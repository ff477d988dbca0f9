public import InterlockLab
public import Testing

extension Trait where Self == ExploredTrait {
  /// Runs the test under so many schedules of ``InterlockLab/Plan/portfolio(schedules:seed:)``, until one fails.
  public static func explored(schedules: Int) -> Self {
    .explored(.portfolio(schedules: schedules))
  }

  /// Runs the test under the schedules of a plan, until one fails.
  ///
  /// The plan is named after the test and its line. Cases of a test with arguments share the name: `INTERLOCK_LAB_REPLAY`
  /// runs in each as far as it fits.
  public static func explored(_ plan: Plan = .default) -> Self {
    ExploredTrait(search: .plan(plan))
  }

  /// Runs the test under one schedule that failed once, and then under a hundred random ones: the code may have
  /// changed since, and a schedule that does not fit any more is run as far as it fits.
  ///
  /// - Parameter schedule: The replay string of the failure. In a test with arguments every case runs it.
  /// - Returns: the trait.
  public static func replayed(_ schedule: String) -> Self {
    ExploredTrait(search: .replay(schedule, then: .random(schedules: schedulesBesideReplay)))
  }

  private static var schedulesBesideReplay: Int { 100 }
}
