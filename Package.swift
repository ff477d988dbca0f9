// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target: Swift 6 mode, warnings are errors, unsafe code is marked.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
  .strictMemorySafety(),
]

/// Tests use the same rules but for memory safety marks, which the test macros do not carry.
let strictTests: [SwiftSetting] = Array(strict.dropLast())

let package = Package(
  name: "interlock",
  // Linux needs no line. These are the first Apple systems whose standard library has what is used.
  platforms: [.macOS(.v26), .iOS(.v26), .tvOS(.v26), .watchOS(.v26), .visionOS(.v26)],
  products: [
    .executable(name: "interlock", targets: ["InterlockCLI"]),
    .executable(name: "interlock-lab", targets: ["InterlockLabCLI"]),
    .library(name: "Interlock", targets: ["Interlock"]),
    .library(name: "InterlockLocks", targets: ["InterlockLocks"]),
    .library(name: "InterlockFileLocks", targets: ["InterlockFileLocks"]),
    .library(name: "InterlockRedis", targets: ["InterlockRedis"]),
    .library(name: "InterlockPostgres", targets: ["InterlockPostgres"]),
    .library(name: "InterlockTestKit", targets: ["InterlockTestKit"]),
    .library(name: "InterlockRadio", targets: ["InterlockRadio"]),
    .library(name: "InterlockMeshCore", targets: ["InterlockMeshCore"]),
    .library(name: "InterlockModems", targets: ["InterlockModems"]),
    .library(name: "InterlockSimulation", targets: ["InterlockSimulation"]),
    .library(name: "InterlockLab", targets: ["InterlockLab"]),
    .library(name: "InterlockLabTesting", targets: ["InterlockLabTesting"]),
  ],
  targets: [
    // Foundations: nothing here does IO.
    .target(name: "CInterlock"),
    .systemLibrary(
      name: "CSodium", pkgConfig: "libsodium",
      providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libssl",
      providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
    .target(name: "Interlock", dependencies: ["CInterlock"], swiftSettings: strict),
    .target(name: "InterlockWire", swiftSettings: strict),
    .target(
      name: "InterlockCrypto", dependencies: ["CSodium", "COpenSSL"], swiftSettings: strict),

    // The only door to the kernel.
    .target(
      name: "InterlockSystem", dependencies: ["Interlock", "CInterlock"], swiftSettings: strict),

    // Radio.
    .target(name: "InterlockRadio", dependencies: ["Interlock"], swiftSettings: strict),
    .target(
      name: "InterlockMeshCore",
      dependencies: ["Interlock", "InterlockRadio", "InterlockWire", "InterlockCrypto"],
      swiftSettings: strict),
    .target(
      name: "InterlockModems",
      dependencies: ["Interlock", "InterlockRadio", "InterlockWire", "InterlockSystem"],
      swiftSettings: strict),

    // Locks.
    .target(
      name: "InterlockLocks", dependencies: ["Interlock", "InterlockWire", "InterlockCrypto"],
      swiftSettings: strict),
    .target(
      name: "InterlockFileLocks",
      dependencies: ["Interlock", "InterlockLocks", "InterlockSystem", "InterlockWire"],
      swiftSettings: strict),
    .systemLibrary(
      name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(
      name: "InterlockPostgres",
      dependencies: [
        "Interlock", "InterlockLocks", "InterlockSystem", "InterlockCrypto", "CPostgres",
      ],
      swiftSettings: strict),
    .target(
      name: "InterlockRedis",
      dependencies: [
        "Interlock", "InterlockLocks", "InterlockSystem", "InterlockWire", "InterlockCrypto",
      ],
      swiftSettings: strict),

    // For whoever implements a backend.
    .target(
      name: "InterlockTestKit", dependencies: ["Interlock", "InterlockLocks"],
      swiftSettings: strict),

    // Worlds to try it in, and the programs.
    .target(
      name: "InterlockSimulation",
      dependencies: [
        "Interlock", "InterlockRadio", "InterlockMeshCore", "InterlockCrypto", "InterlockLocks",
      ],
      swiftSettings: strict),
    .target(
      name: "InterlockNode",
      dependencies: [
        "Interlock", "InterlockRadio", "InterlockMeshCore", "InterlockModems",
        "InterlockSimulation", "InterlockSystem", "InterlockWire", "InterlockCrypto",
        "InterlockLocks", "InterlockFileLocks", "InterlockRedis", "InterlockPostgres",
      ],
      swiftSettings: strict),
    .target(
      name: "InterlockCommandLine",
      dependencies: ["Interlock", "InterlockSystem", "InterlockWire"], swiftSettings: strict),
    .executableTarget(
      name: "InterlockCLI",
      dependencies: [
        "InterlockCommandLine", "InterlockNode", "Interlock", "InterlockRadio", "InterlockMeshCore",
        "InterlockModems", "InterlockLocks", "InterlockFileLocks", "InterlockRedis",
        "InterlockSystem", "InterlockWire", "InterlockCrypto", "InterlockSimulation",
        "InterlockTestKit",
      ],
      swiftSettings: strict),

    // What reads bytes it does not trust, for the fuzzer and for the replay of its corpus.
    .target(
      name: "InterlockFuzzTargets",
      dependencies: [
        "InterlockMeshCore", "InterlockModems", "InterlockRadio", "InterlockWire", "Interlock",
        "InterlockLocks", "InterlockFileLocks", "InterlockRedis",
      ],
      path: "Fuzz/Targets", swiftSettings: strict),

    // The lab: for any Swift code, so it knows nothing of the rest.
    .target(name: "CInterlockLab"),
    .target(name: "InterlockLab", dependencies: ["CInterlockLab"], swiftSettings: strict),
    .target(name: "InterlockLabTesting", dependencies: ["InterlockLab"], swiftSettings: strict),
    .target(
      name: "InterlockScenarios",
      dependencies: [
        "InterlockLab", "Interlock", "InterlockRadio", "InterlockWire", "InterlockLocks",
        "InterlockSimulation",
      ],
      swiftSettings: strict),

    // The lab's own program, the only one that is explored from inside.
    .executableTarget(
      name: "InterlockLabCLI",
      dependencies: [
        "InterlockLab", "InterlockScenarios", "InterlockCommandLine", "InterlockSystem",
        "InterlockWire", "Interlock",
      ],
      swiftSettings: strict),

    // Tests mirror the sources; TestSupport is what several of them need.
    .target(
      name: "TestSupport", dependencies: ["Interlock", "InterlockLab", "InterlockLocks"],
      path: "Tests/TestSupport",
      swiftSettings: strictTests),
    .testTarget(
      name: "FuzzReplayTests", dependencies: ["InterlockFuzzTargets"],
      swiftSettings: strictTests),
    .target(
      name: "InterlockLabConstructs", dependencies: ["InterlockLab", "CInterlockLab"],
      path: "Tests/InterlockLabConstructs", swiftSettings: strictTests),
    .testTarget(
      name: "InterlockLabTests",
      dependencies: ["InterlockLab", "CInterlockLab", "InterlockLabConstructs"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockLabTestingTests", dependencies: ["InterlockLab", "InterlockLabTesting"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockScenariosTests",
      dependencies: ["TestSupport", "InterlockScenarios", "InterlockLab", "Interlock"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockWireTests", dependencies: ["InterlockWire"], swiftSettings: strictTests),
    .testTarget(
      name: "InterlockCryptoTests", dependencies: ["InterlockCrypto", "InterlockWire"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockTests",
      dependencies: ["TestSupport", "Interlock", "InterlockLab", "InterlockLabTesting"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockSimulationTests",
      dependencies: [
        "TestSupport", "Interlock", "InterlockRadio", "InterlockMeshCore", "InterlockCrypto",
        "InterlockSimulation", "InterlockLabTesting",
      ],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockNodeTests",
      dependencies: [
        "TestSupport", "InterlockNode", "Interlock", "InterlockRadio", "InterlockMeshCore",
        "InterlockModems", "InterlockSystem", "InterlockWire", "InterlockCrypto",
        "InterlockLabTesting", "InterlockLocks",
      ],
      swiftSettings: strictTests),
    .testTarget(
      name: "LabDocumentationTests",
      dependencies: ["InterlockLab", "InterlockLabTesting", "InterlockScenarios", "CInterlockLab"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockCommandLineTests", dependencies: ["InterlockCommandLine", "InterlockWire"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockLabCLITests",
      dependencies: [
        "TestSupport", "InterlockLabCLI", "InterlockLab", "InterlockScenarios",
        "InterlockCommandLine",
      ],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockCLITests",
      dependencies: [
        "TestSupport", "Interlock", "InterlockRadio", "InterlockModems", "InterlockCLI",
        "InterlockCommandLine", "InterlockNode", "InterlockSystem", "InterlockWire",
        "InterlockLocks", "InterlockTestKit",
      ],
      exclude: ["Peers"], resources: [.copy("Vectors")], swiftSettings: strictTests),
    .testTarget(
      name: "PeerTests",
      dependencies: [
        "TestSupport", "Interlock", "InterlockMeshCore", "InterlockModems", "InterlockSystem",
        "InterlockWire", "InterlockCrypto", "InterlockCLI",
      ],
      exclude: ["Peers"], swiftSettings: strictTests),
    .testTarget(
      name: "InterlockLocksTests",
      dependencies: [
        "TestSupport", "InterlockLocks", "InterlockTestKit", "Interlock", "InterlockWire",
        "InterlockLab", "InterlockLabTesting", "InterlockSimulation",
      ],
      resources: [.copy("Vectors")], swiftSettings: strictTests),
    .testTarget(
      name: "InterlockTestKitTests", dependencies: ["InterlockTestKit", "Interlock"],
      swiftSettings: strictTests),
    .executableTarget(
      name: "InterlockFileLocksWorker",
      dependencies: [
        "InterlockFileLocks", "InterlockLocks", "InterlockTestKit", "Interlock", "InterlockSystem",
      ],
      path: "Tests/InterlockFileLocksWorker", swiftSettings: strictTests),
    .testTarget(
      name: "InterlockFileLocksTests",
      dependencies: [
        "InterlockFileLocksWorker", "TestSupport", "InterlockTestKit", "InterlockFileLocks",
        "InterlockLocks", "Interlock", "InterlockSystem",
        "InterlockWire",
      ],
      exclude: ["Peers"], swiftSettings: strictTests),
    .testTarget(
      name: "InterlockPostgresTests",
      dependencies: [
        "TestSupport", "InterlockTestKit", "InterlockPostgres", "InterlockLocks", "Interlock",
        "InterlockSystem",
      ],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockRedisTests",
      dependencies: [
        "TestSupport", "InterlockTestKit", "InterlockRedis", "InterlockLocks", "Interlock",
        "InterlockSystem",
        "InterlockWire", "InterlockCrypto",
      ],
      exclude: ["Peers"], swiftSettings: strictTests),
    .testTarget(name: "TidyTests", swiftSettings: strictTests),
    .testTarget(
      name: "InterlockMeshCoreTests",
      dependencies: [
        "TestSupport", "InterlockMeshCore", "InterlockRadio", "InterlockCrypto", "InterlockWire",
        "Interlock", "InterlockLabTesting",
      ],
      resources: [.copy("Vectors")],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockSystemTests", dependencies: ["TestSupport", "Interlock", "InterlockSystem"],
      swiftSettings: strictTests),
    .testTarget(
      name: "InterlockModemsTests",
      dependencies: [
        "TestSupport", "Interlock", "InterlockModems", "InterlockRadio", "InterlockSystem",
        "InterlockWire", "InterlockLabTesting",
      ],
      resources: [.copy("Vectors")], swiftSettings: strictTests),
    .testTarget(
      name: "InterlockRadioTests",
      dependencies: [
        "TestSupport", "Interlock", "InterlockRadio", "InterlockSimulation", "InterlockLab",
        "InterlockLabTesting",
      ],
      resources: [.copy("Vectors")], swiftSettings: strictTests),
  ],
  swiftLanguageModes: [.v6]
)

// The fuzzer links only when everything is built with its coverage: `make fuzz` asks for it.
if Context.environment["INTERLOCK_FUZZ"] != nil {
  package.products.append(.executable(name: "interlock-fuzz", targets: ["InterlockFuzz"]))
  package.targets += [
    .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
    .executableTarget(
      name: "InterlockFuzz", dependencies: ["InterlockFuzzTargets", "CFuzzer"],
      path: "Fuzz/Runner", swiftSettings: strict),
  ]
}

// Where the standard library is linked statically, the functions the lab stands in front of are wrapped by the linker:
// each that `CInterlockLab` then defines as `__wrap_…`. Set for every such build, and for no other.
if Context.environment["INTERLOCK_LAB_STATIC"] != nil,
  let lab = package.targets.first(where: { $0.name == "CInterlockLab" })
{
  let wrapped = """
    main swift_task_create swift_task_deinitOnExecutor swift_task_switch
    dispatch_activate dispatch_after dispatch_after_f dispatch_apply dispatch_async
    dispatch_async_f dispatch_barrier_async dispatch_barrier_sync dispatch_block_notify
    dispatch_group_async dispatch_group_async_f dispatch_group_notify dispatch_io_read
    dispatch_io_write dispatch_read dispatch_resume dispatch_source_merge_data dispatch_sync
    dispatch_write
    """.split(whereSeparator: \.isWhitespace)
  lab.cSettings = [.define("INTERLOCK_LAB_WRAP")]
  lab.linkerSettings = [.unsafeFlags(wrapped.flatMap { ["-Xlinker", "--wrap=\($0)"] })]
}

// The lab in a program of its own, to compare the forms in which it is linked: `make lab-forms` asks for it.
if Context.environment["INTERLOCK_LAB_FORMS"] != nil {
  package.products.append(.executable(name: "lab-forms", targets: ["InterlockLabForms"]))
  package.targets += [
    // The same constructs in the language as it is: what is nonisolated leaves its caller's actor.
    .target(
      name: "InterlockLabConstructsConcurrent", dependencies: ["InterlockLab", "CInterlockLab"],
      path: "Tests/InterlockLabConstructsConcurrent",
      swiftSettings: [
        .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
      ]),
    .executableTarget(
      name: "InterlockLabForms",
      dependencies: ["InterlockLab", "InterlockLabConstructs", "InterlockLabConstructsConcurrent"],
      path: "Tests/InterlockLabForms", swiftSettings: strictTests),
  ]
}
