internal import Glibc

// Members named `open` or `close` hide the C functions of the same name; these do not.

/// `open(2)`, repeated when a signal interrupts it.
func systemOpen(_ path: String, _ flags: CInt, mode: mode_t = 0) -> CInt {
  while true {
    let returned = unsafe open(path, flags, mode)
    if returned >= 0 || errno != EINTR { return returned }
  }
}
