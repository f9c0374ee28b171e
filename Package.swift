// swift-tools-version: 6.1
import PackageDescription

// The law of the house: every arrow points from a command towards the loops, none back.
// What a target may import is exactly what its line here lists.

/// The MPI that ranks talk by, as pkg-config calls it: "ompi-c" for Open MPI, "mpich", or "none". Where it is not installed the
/// build has none, and says so when several ranks are started.
let mpi: String? = Context.environment["VFM_MPI"] == "none" ? nil : Context.environment["VFM_MPI"] ?? "ompi-c"

/// Vector code is compiled for the processor it is built on (these clang flags reach Swift code too): without them a
/// `SIMD16<Float>` is split into pieces and the kernels run many times slower. `make guard` counts the instructions of a
/// build for a processor without AVX-512, which `VFM_MARCH` names.
let processor = Context.environment["VFM_MARCH"] ?? "native"
let native: [SwiftSetting] = [
  .unsafeFlags(
    ["-Xcc", "-march=\(processor)", "-Xcc", "-mprefer-vector-width=512"]
      + (mpi == nil ? ["-Xcc", "-DVFM_NO_MPI"] : []))
]

func module(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: native)
}

func command(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name,
    dependencies: dependencies + [.product(name: "ArgumentParser", package: "swift-argument-parser")],
    exclude: ["README.md"], swiftSettings: native)
}

func tests(of name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: native)
}

/// What several test targets share.
func testSupport(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: native)
}

/// A program that tests run in a process of its own; its name is that of its folder, in lower case and with a hyphen.
func probe(_ name: String, in folder: String, uses dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Tests/\(folder)", swiftSettings: native)
}

let library: [Target.Dependency] = [
  "Training", "Recipes", "Tasks", "Fields", "Report", "Features", "Evaluation", "Sampling", "Objectives",
  "Models", "Layers", "Clips", "Curation", "ClipIndexing", "Manifests", "SyntheticClips", "Tokens", "Video",
  "Checkpoints", "Isolation", "Files", "Tensors", "DataParallel", "Ranks", "Hashing",
]
let everything: [Target.Dependency] = ["Commands"] + library

let package = Package(
  name: "video-foundation-models",
  products: [
    // Tests preload them into commands.
    .library(name: "FaultyDisk", type: .dynamic, targets: ["FaultyDisk"]),
    .library(name: "DiskRecorder", type: .dynamic, targets: ["DiskRecorder"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CDNNL", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(
      name: "CLibAV", pkgConfig: "libavformat libavcodec libavutil libswscale",
      providers: [
        .apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])
      ]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .systemLibrary(name: "CMPI", pkgConfig: mpi, providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CProcessor"),
    .systemLibrary(name: "CBacktrace"),

    module("Files"),
    module("Hashing", uses: ["CCrypto"]),
    module("Isolation", uses: ["CSeccomp", "Files"]),
    module("HDF5", uses: ["CHDF5"]),
    module("Checkpoints", uses: ["HDF5", "Isolation", "Files", "Hashing"]),
    module("JSONLexer"),
    module("Fields", uses: ["JSONLexer"]),

    module("Tensors", uses: ["CProcessor", "COpenBLAS", "CDNNL"]),
    module("Layers", uses: ["CProcessor", "Tensors"]),
    module("Models", uses: ["Layers", "Tensors"]),
    module("Optimizers", uses: ["Layers", "Tensors"]),
    module("Ranks", uses: ["CMPI"]),
    module("DataParallel", uses: ["Ranks", "Layers", "Tensors", "CProcessor"]),

    module("Video", uses: ["CLibAV", "Isolation", "Files"]),
    module("Manifests", uses: ["CLibArchive", "Video", "Files", "Hashing", "JSONLexer"]),
    module("ClipIndexing", uses: ["Manifests", "Video", "Files", "Tensors"]),
    module("Clips", uses: ["ClipIndexing", "Manifests", "Video", "HDF5", "Files", "Hashing", "Tensors"]),
    module("Curation", uses: ["Clips", "ClipIndexing", "Manifests", "Tokens", "Video", "Files", "Tensors"]),
    module("Tokens"),
    module("SyntheticClips", uses: ["Video", "Files", "Tensors"]),

    module("Objectives", uses: ["Models", "Layers", "Clips", "Tokens", "Tensors"]),
    module("Sampling", uses: ["Models", "Tokens", "Tensors"]),
    module(
      "Evaluation",
      uses: ["Objectives", "Sampling", "Clips", "Manifests", "SyntheticClips", "Video", "Tensors"]),
    module(
      "Features",
      uses: ["Evaluation", "Clips", "Manifests", "Video", "Layers", "Tensors", "HDF5", "Hashing", "Files"]),
    module("Report", uses: ["Evaluation", "Video", "Files"]),

    module(
      "Tasks",
      uses: [
        "Fields", "Evaluation", "Sampling", "Objectives", "Models", "Layers", "Clips", "Manifests", "Tokens",
        "Video", "Checkpoints", "Files", "Tensors",
      ]),
    module(
      "Denoising",
      uses: [
        "Tasks", "Fields", "Evaluation", "Objectives", "Models", "Layers", "Clips", "Manifests", "Tokens",
        "Tensors",
      ]),
    module(
      "Understanding",
      uses: [
        "Tasks", "Fields", "Evaluation", "Objectives", "Models", "Layers", "Clips", "Manifests", "Tensors",
      ]),
    module(
      "Autoencoding",
      uses: [
        "Tasks", "Fields", "Evaluation", "Objectives", "Models", "Layers", "Clips", "Manifests", "Tensors",
      ]),
    module(
      "Recipes",
      uses: [
        "Denoising", "Understanding", "Autoencoding", "Tasks", "Fields", "Optimizers", "Layers", "Clips",
        "ClipIndexing",
        "Curation", "Video", "DataParallel", "Tensors",
      ]),
    module(
      "Training",
      uses: [
        "Recipes", "DataParallel", "Ranks", "Tasks", "Fields", "Evaluation", "Objectives", "Optimizers",
        "Layers", "Clips",
        "ClipIndexing", "Manifests", "Checkpoints", "Hashing", "Files", "Tensors",
      ]),

    module(
      "Commands",
      uses: library + ["CBacktrace", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    command("vfm-train", uses: everything),
    command("vfm-eval", uses: everything),
    command("vfm-sample", uses: everything),
    command("vfm-data", uses: everything),
    command(
      "vfm-bench",
      uses: [
        "Commands", "Training", "Recipes", "Sampling", "Report", "Objectives", "Optimizers", "Models",
        "Layers", "Clips",
        "Manifests", "Tokens", "Video", "Checkpoints", "Tensors", "CProcessor", "COpenBLAS",
      ]),

    testSupport("GradientCheck", uses: ["Layers", "Tensors"]),
    testSupport(
      "FixedStep",
      uses: ["Training", "Objectives", "Optimizers", "Models", "Layers", "Clips", "Tokens", "Tensors"]),
    .target(name: "SgemmCounter", path: "Tests/SgemmCounter", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "FaultyDisk", path: "Tests/FaultyDisk", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "DiskRecorder", path: "Tests/DiskRecorder", linkerSettings: [.linkedLibrary("dl")]),
    probe("product-probe", in: "ProductProbe", uses: ["FixedStep", "SgemmCounter", "Tensors"]),
    probe("step-probe", in: "StepProbe", uses: ["FixedStep", "Tensors"]),
    testSupport("ClipMutations", uses: ["Video"]),
    probe("clip-probe", in: "ClipProbe", uses: ["Video", "ClipMutations"]),
    testSupport("TestPrograms", uses: ["Isolation"]),
    probe(
      "isolation-probe", in: "IsolationProbe", uses: ["TestPrograms", "Isolation", "Checkpoints", "Video"]),
    testSupport(
      "TestClips", uses: ["Clips", "ClipIndexing", "Manifests", "SyntheticClips", "Video", "Tensors"]),
    probe("rank-probe", in: "RankProbe", uses: ["DataParallel", "Ranks", "Layers", "Tensors"]),
    probe("latent-probe", in: "LatentProbe", uses: ["Clips", "Manifests", "Video", "Tensors", "TestClips"]),

    tests(of: "Files"),
    tests(of: "Hashing"),
    tests(of: "Isolation", uses: ["TestPrograms", "isolation-probe"]),
    tests(
      of: "Checkpoints", uses: ["HDF5", "CHDF5", "Files", "Isolation", "TestPrograms", "isolation-probe"]),
    tests(of: "JSONLexer"),
    tests(of: "Fields"),
    tests(of: "Tensors", uses: ["COpenBLAS"]),
    tests(of: "Layers", uses: ["Tensors", "GradientCheck"]),
    tests(of: "Models", uses: ["Objectives", "Layers", "Tensors", "Checkpoints", "GradientCheck"]),
    tests(
      of: "Video",
      uses: [
        "CLibAV", "ClipMutations", "Hashing", "Isolation", "TestPrograms", "clip-probe", "isolation-probe",
      ]),
    tests(of: "Manifests", uses: ["Video", "TestClips"]),
    tests(of: "ClipIndexing", uses: ["Manifests", "Video", "TestClips"]),
    tests(of: "Curation", uses: ["ClipIndexing", "Manifests", "Tokens", "Video", "TestClips"]),
    tests(
      of: "Clips",
      uses: [
        "ClipIndexing", "Manifests", "SyntheticClips", "Video", "Tensors", "ClipMutations", "TestClips",
        "TestPrograms", "latent-probe",
      ]),
    tests(of: "Tokens"),
    tests(of: "SyntheticClips", uses: ["Clips", "Manifests", "Tokens", "Video", "TestClips"]),
    tests(
      of: "Objectives",
      uses: ["Models", "Layers", "Clips", "Manifests", "Tokens", "Tensors", "Video", "GradientCheck"]),
    tests(of: "Optimizers", uses: ["Layers", "Tensors", "GradientCheck"]),
    tests(of: "Ranks"),
    tests(of: "DataParallel", uses: ["Layers", "Tensors", "TestPrograms", "rank-probe"]),
    tests(of: "Sampling", uses: ["Models", "Tensors"]),
    tests(
      of: "Denoising",
      uses: ["Objectives", "Models", "Layers", "Clips", "Tokens", "Tensors", "GradientCheck"]),
    tests(of: "Tasks", uses: ["Fields", "Clips", "Manifests", "Checkpoints", "TestClips", "Video"]),
    tests(of: "Recipes", uses: ["Tasks", "Fields", "Clips", "Models", "Tensors"]),
    tests(
      of: "Evaluation",
      uses: [
        "Objectives", "Layers", "Clips", "Manifests", "SyntheticClips", "Tensors", "TestClips", "Video",
      ]),
    tests(
      of: "Features",
      uses: [
        "Evaluation", "Tasks", "Models", "Layers", "Clips", "Manifests", "SyntheticClips", "Tokens",
        "Tensors",
        "TestClips", "Video", "Checkpoints",
      ]),
    tests(of: "Report", uses: ["Evaluation", "Clips", "Manifests", "SyntheticClips", "Video"]),
    tests(
      of: "Training",
      uses: [
        "Recipes", "Tasks", "Evaluation", "Objectives", "Optimizers", "Models", "Layers", "Clips",
        "Manifests", "SyntheticClips", "Tokens", "Checkpoints", "Tensors", "GradientCheck", "FixedStep",
        "product-probe",
      ]),
    .testTarget(name: "PagesTests", swiftSettings: native),
    .testTarget(name: "SetupTests", swiftSettings: native),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "Commands", "Clips", "ClipIndexing", "Manifests", "SyntheticClips", "Checkpoints", "ClipMutations",
        "Hashing", "Isolation", "TestPrograms", "Video", "vfm-train", "vfm-sample", "vfm-eval", "vfm-data",
      ],
      swiftSettings: native),
    .testTarget(
      name: "BenchTests", dependencies: ["vfm-bench", "Models", "Layers", "Tensors"], swiftSettings: native),
  ]
)
