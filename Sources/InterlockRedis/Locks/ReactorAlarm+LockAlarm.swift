internal import InterlockLocks
package import InterlockSystem

extension ReactorAlarm: LockAlarm {}
