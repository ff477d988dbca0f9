import Foundation
import InterlockSystem
import TestSupport
import Testing

@Suite(.tags(.integration), .ownThread) struct SerialPortDirectoryTests {
  @Test func `a device is found by what it calls itself, whatever its name is now`() throws {
    let root = try TemporaryDirectory()
    let files = FileManager.default
    try files.createDirectory(atPath: root("by-id"), withIntermediateDirectories: true)
    for name in ["ttyACM0", "ttyACM1", "ttyACM12", "ttyUSB0", "ttyACMx", "tty"] {
      #expect(files.createFile(atPath: root(name), contents: nil))
    }
    try files.createSymbolicLink(
      atPath: root("by-id/usb-Maker_Board_1234"), withDestinationPath: "../ttyACM1")
    let directory = SerialPortDirectory(devices: root.path, identifiers: root("by-id"))
    #expect(directory.identifiers(of: root("ttyACM1")) == [root("by-id/usb-Maker_Board_1234")])
    #expect(directory.identifiers(of: root("ttyACM0")) == [])
    #expect(directory.identifiers(of: root("by-id/usb-Maker_Board_1234")).count == 1)
    #expect(directory.siblings(of: root("ttyACM0")) == [root("ttyACM1"), root("ttyACM12")])
    #expect(directory.siblings(of: root("by-id/usb-Maker_Board_1234")) == [])
    #expect(directory.siblings(of: "/elsewhere/ttyACM0") == [])
    let missing = SerialPortDirectory(devices: root("none"), identifiers: root("none"))
    #expect(missing.siblings(of: root("none/ttyACM0")) == [])
  }
}
