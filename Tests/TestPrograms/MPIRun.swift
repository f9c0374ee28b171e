import Foundation

/// Starts a program on several ranks.
public enum MPIRun {
  /// Where `mpirun` is; nil where MPI is not installed.
  public static let path = ["/usr/bin/mpirun", "/usr/local/bin/mpirun"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// What is to be said where tests are left out.
  public static let missing = "MPI is not installed: make setup installs it"

  /// The first words after it: there may be more ranks than cores.
  public static let options = ["--oversubscribe"]

  /// Lets containers, in which tests run as root, start ranks; and has no two runs of tests in each other's way.
  public static let environment = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
  ]
}
