// swift-tools-version: 6.1
import PackageDescription

// The law of the house: every arrow points from a command towards the loops, none back.
// What a target may import is exactly what its line here lists.

/// Vector code is compiled for the processor it is built on (these clang flags reach Swift code too): without them a
/// `SIMD16<Float>` is split into pieces and the kernels run many times slower. `make guard` counts the instructions of a
/// build for a processor without AVX-512, which `VFM_MARCH` names.
let processor = Context.environment["VFM_MARCH"] ?? "native"
let native: [SwiftSetting] = [
  .unsafeFlags(["-Xcc", "-march=\(processor)", "-Xcc", "-mprefer-vector-width=512"])
]

func module(_ name: String, uses dependencies: [Target.Dependency] = [], hasReadme: Bool = false) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: hasReadme ? ["README.md"] : [], swiftSettings: native)
}

func command(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name,
    dependencies: dependencies + [.product(name: "ArgumentParser", package: "swift-argument-parser")],
    swiftSettings: native)
}

func tests(of name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: native)
}

let everything: [Target.Dependency] = [
  "Commands", "Training", "Sampling", "Evaluation", "Objectives", "Optimizers", "Models", "Layers", "Clips",
  "Video", "Checkpoints", "Recipes", "Tensors",
]

let package = Package(
  name: "video-foundation-models",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CLibAV", pkgConfig: "libavformat libavcodec libavutil libswscale",
      providers: [
        .apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])
      ]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CSHA256"),
    .systemLibrary(name: "CProcessor"),

    module("Tensors", uses: ["CProcessor"], hasReadme: true),
    module("Layers", uses: ["Tensors"], hasReadme: true),
    module("Models", uses: ["Layers", "Tensors"], hasReadme: true),
    module("Optimizers", uses: ["Layers", "Tensors"], hasReadme: true),
    module("Objectives", uses: ["Models", "Layers", "Clips", "Tensors"], hasReadme: true),
    module("Sampling", uses: ["Models", "Tensors"], hasReadme: true),
    module(
      "Training",
      uses: [
        "Objectives", "Optimizers", "Models", "Layers", "Clips", "Checkpoints", "Hashing", "Recipes",
        "Tensors",
      ]),
    module(
      "Evaluation", uses: ["Objectives", "Sampling", "Models", "Clips", "Video", "Tensors"]),
    module("Video", uses: ["CLibAV"]),
    module("Clips", uses: ["CLibArchive", "Video", "HDF5", "Hashing", "Tensors"]),
    module("Hashing", uses: ["CSHA256"]),
    module("HDF5", uses: ["CHDF5"]),
    module("Checkpoints", uses: ["HDF5", "Hashing"]),
    module("Recipes"),

    module(
      "Commands",
      uses: [
        "Training", "Sampling", "Evaluation", "Objectives", "Models", "Layers", "Clips", "Video",
        "Checkpoints",
        "Recipes", "Tensors", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    command("vfm-train", uses: everything),
    command("vfm-eval", uses: everything),
    command("vfm-sample", uses: everything),
    command("vfm-data", uses: everything),
    command(
      "vfm-bench",
      uses: [
        "Commands", "Training", "Sampling", "Evaluation", "Optimizers", "Models", "Layers", "Clips", "Video",
        "Checkpoints", "Tensors", "COpenBLAS",
      ]),

    tests(of: "Tensors", uses: ["COpenBLAS"]),
    .target(
      name: "GradientCheck", dependencies: ["Layers", "Tensors"], path: "Tests/GradientCheck",
      swiftSettings: native),
    tests(of: "Layers", uses: ["Tensors", "GradientCheck"]),
    tests(of: "Models", uses: ["Layers", "Tensors", "Checkpoints", "GradientCheck"]),
    tests(of: "Optimizers", uses: ["Layers", "Tensors", "GradientCheck"]),
    tests(of: "Objectives", uses: ["Models", "Layers", "Clips", "Tensors", "GradientCheck"]),
    tests(of: "Sampling", uses: ["Models", "Tensors"]),
    .target(
      name: "FixedStep",
      dependencies: ["Training", "Objectives", "Optimizers", "Models", "Layers", "Clips", "Tensors"],
      path: "Tests/FixedStep", swiftSettings: native),
    .executableTarget(
      name: "step-probe", dependencies: ["FixedStep", "Tensors"], path: "Tests/StepProbe",
      swiftSettings: native),
    tests(
      of: "Training",
      uses: [
        "Objectives", "Optimizers", "Models", "Layers", "Clips", "Checkpoints", "Recipes", "Tensors",
        "GradientCheck", "FixedStep",
      ]),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "Commands", "Clips", "Hashing", "Video", "vfm-train", "vfm-sample", "vfm-eval", "vfm-data",
      ],
      swiftSettings: native),
    .testTarget(
      name: "BenchTests", dependencies: ["vfm-bench", "Models", "Layers", "Tensors"], swiftSettings: native),
    tests(of: "Evaluation", uses: ["Clips", "Video", "Tensors"]),
    .executableTarget(
      name: "clip-probe", dependencies: ["Video", "ClipMutations"], path: "Tests/ClipProbe",
      swiftSettings: native),
    tests(of: "Video", uses: ["CLibAV", "ClipMutations", "Hashing", "clip-probe"]),
    .target(
      name: "ClipMutations", dependencies: ["Video"], path: "Tests/ClipMutations", swiftSettings: native),
    tests(of: "Clips", uses: ["Video", "ClipMutations"]),
    tests(of: "Hashing"),
    tests(of: "Checkpoints", uses: ["HDF5", "CHDF5"]),
    tests(of: "Recipes"),
  ]
)
