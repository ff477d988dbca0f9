internal import CInterlock

/// What kind of file system a file is on, as the kernel numbers them.
///
/// *Source:* statfs(2), and `linux/magic.h`.
package struct FileSystemKind: Sendable, Hashable {
  /// The kernel's number.
  package let number: Int64

  /// A kind by its number.
  package init(_ number: Int64) {
    self.number = number
  }

  /// The kind of file system a file is on.
  ///
  /// - Throws: `SystemError` when the kernel does not say.
  package init(of descriptor: borrowing FileDescriptor, _ path: String) throws(SystemError) {
    number = cinterlock_file_system(descriptor.raw)
    guard number >= 0 else { throw SystemError("ask for the file system of", path) }
  }

  /// What it is called when it is not local; nil when it is.
  ///
  /// Several machines have it, or a program stands in for the disk: its locks hold for one machine, or nowhere.
  package var remoteName: String? { Self.remote[number] }

  /// What it is called.
  package var name: String {
    remoteName ?? Self.local[number] ?? "a file system of kind 0x\(String(number, radix: 16))"
  }

  private static let local: [Int64: String] = [
    0xef53: "ext4", 0x5846_5342: "XFS", 0x9123_683e: "Btrfs", 0x2fc1_2fc1: "ZFS",
    0x0102_1994: "tmpfs", 0x794c_7630: "overlayfs", 0xf2f5_2010: "F2FS", 0xca45_1a4e: "bcachefs",
  ]

  private static let remote: [Int64: String] = [
    0x6969: "NFS", 0x517b: "SMB", 0xff53_4d42: "SMB", 0xfe53_4d42: "SMB", 0x6573_5546: "FUSE",
    0x0102_1997: "9P", 0x00c3_6400: "Ceph", 0x5346_414f: "AFS", 0x7375_7245: "Coda",
    0x0bd0_0bd0: "Lustre", 0x0116_1970: "GFS2", 0x7461_636f: "OCFS2", 0x786f_4256: "vboxsf",
    0x4750_4653: "GPFS", 0x1983_0326: "BeeGFS",
  ]
}
