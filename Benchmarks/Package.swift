// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what is measured is what a client gets: the libraries through their
// public products, without optimisation across modules (SwiftPM's release default since 5.8 would
// allow it between the modules of one package).
let package = Package(
  name: "interlock-benchmarks",
  products: [.executable(name: "interlock-bench", targets: ["InterlockBench"])],
  dependencies: [.package(name: "interlock", path: "..")],
  targets: [
    // Counts what is allocated.
    .target(name: "CAllocations"),
    .executableTarget(
      name: "InterlockBench",
      dependencies: [
        "CAllocations",
        .product(name: "Interlock", package: "interlock"),
        .product(name: "InterlockMeshCore", package: "interlock"),
        .product(name: "InterlockRadio", package: "interlock"),
        .product(name: "InterlockSimulation", package: "interlock"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
