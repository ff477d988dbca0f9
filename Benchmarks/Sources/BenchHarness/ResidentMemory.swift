import Foundation

/// The resident memory of this process.
package func residentBytes() -> Int {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
    let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
  else { fatalError("/proc/self/statm does not say how large the process is") }
  return pages * sysconf(Int32(_SC_PAGESIZE))
}
