import Foundation
import Glibc
import TestSupport
import Testing

/// `lock run` as a job of a shell: Python makes a terminal, starts it there, and presses keys.
@Suite(.tags(.integration), .ownThread, .timeLimit(.minutes(10))) struct LockTerminalTests {
  private static let shell = """
    import os, pty, signal, sys
    program, script, keys = sys.argv[1], sys.argv[2], sys.argv[3]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(program, [program, "lock", "run", "a", "--backend", "memory:", "--", "sh", "-c", script])
    seen = b""
    def expect(text):
        global seen
        while text not in seen:
            seen += os.read(terminal, 1000)
        seen = seen[seen.index(text) + len(text):]
    def foreground():
        return os.tcgetpgrp(terminal)
    exec(keys)
    """

  private func play(_ script: String, _ keys: String) throws -> String {
    let ended = try Program.run(
      ["python3", "-c", Self.shell, Program.path.path(), script, keys],
      executable: URL(filePath: "/usr/bin/env"))
    #expect(ended.status == 0, "\(ended)")
    return ended.output
  }

  @Test
  func `locks.X1 the program has the terminal; a key that stops it stops us, and we go on with it`()
    throws
  {
    let output = try play(
      "echo group $$ done; read x; echo got $x; read y; exit 7",
      """
      expect(b"group ")
      while b" done" not in seen: seen += os.read(terminal, 1000)
      group = int(seen.split(b" ")[0])
      print("program in front", foreground() == group)
      os.write(terminal, b"\\x1a")
      _, status = os.waitpid(child, os.WUNTRACED)
      print("stopped", os.WIFSTOPPED(status))
      print("we in front", foreground() == child)
      os.kill(child, signal.SIGCONT)
      os.write(terminal, b"hello\\n")
      expect(b"got hello")
      print("program in front", foreground() == group)
      os.write(terminal, b"\\n")
      _, status = os.waitpid(child, 0)
      print("status", os.WEXITSTATUS(status))
      """)
    #expect(
      output == "program in front True\nstopped True\nwe in front True\n"
        + "program in front True\nstatus 7\n")
  }

  @Test func `locks.X1 a key that ends the program ends it alone, and is told as a shell tells it`()
    throws
  {
    let output = try play(
      "echo ready; while :; do :; done",
      """
      expect(b"ready")
      os.write(terminal, b"\\x03")
      _, status = os.waitpid(child, 0)
      print("status", os.WEXITSTATUS(status), os.WIFEXITED(status))
      """)
    #expect(output == "status 130 True\n")
  }
}
