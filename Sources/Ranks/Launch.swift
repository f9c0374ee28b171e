import CMPI

/// What started this program, as the environment tells: alone, or as one of several ranks.
struct Launch: Sendable, Equatable {
  /// Whether `mpirun`, `mpiexec` or `srun` started it as a rank of MPI.
  let isOfMPI: Bool
  /// How many ranks were started, where the environment tells.
  let count: Int?
  /// Whether Slurm started several of it that cannot find each other.
  let isSlurmWithoutMPI: Bool

  /// Whether this build can start MPI.
  static var isMPIBuiltIn: Bool { VFM_MPI_IS_BUILT_IN == 1 }

  /// - Parameter environment: the variables of the process.
  init(_ environment: [String: String]) {
    func number(_ names: String...) -> Int? {
      names.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first
    }
    // A batch script of Slurm has SLURM_PROCID too; what a step was started by has the number of the step.
    let step = environment["SLURM_STEP_ID"].flatMap { Int($0) }
    isOfMPI = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].contains { environment[$0] != nil }
    count =
      number("OMPI_COMM_WORLD_SIZE", "PMI_SIZE") ?? (step == nil ? nil : number("SLURM_STEP_NUM_TASKS"))
    isSlurmWithoutMPI = !isOfMPI && step != nil && (number("SLURM_STEP_NUM_TASKS") ?? 1) > 1
  }

  /// Throws when several processes were started that cannot talk to each other.
  func requireMPI(isBuiltIn: Bool = isMPIBuiltIn) throws {
    if isSlurmWithoutMPI { throw RanksError.slurmWithoutMPI }
    if isOfMPI && !isBuiltIn && (count ?? 2) > 1 { throw RanksError.notBuiltIn }
  }

  /// Throws when the library knows of other ranks than what started this program.
  func requireFit(found: Int, library: String) throws {
    if let count, count != found { throw RanksError.otherMPI(started: count, found: found, library: library) }
  }
}

/// Ranks that cannot work together.
public enum RanksError: Error, Equatable, CustomStringConvertible {
  /// Several ranks were started, and this build has no MPI.
  case notBuiltIn
  /// Slurm started several processes without MPI.
  case slurmWithoutMPI
  /// The launcher is of another MPI than the library.
  case otherMPI(started: Int, found: Int, library: String)
  /// MPI did not start.
  case failedToStart(String)

  /// What is wrong, and the remedy.
  public var description: String {
    switch self {
    case .notBuiltIn:
      "This program was started as one of several ranks, but it was built without MPI, so each would train a run of its own. "
        + "Install libopenmpi-dev (make setup) and build again, or start it without mpirun."
    case .slurmWithoutMPI:
      "srun started several processes without MPI, so each would train a run of its own. Start them with srun --mpi=pmix "
        + "(srun --mpi=list shows what there is), or use mpirun within the allocation."
    case .otherMPI(let started, let found, let library):
      "\(started) ranks were started, but \(library) finds \(found): the launcher belongs to another MPI than the one that "
        + "this program was built with. Use the mpirun of the same MPI, or build again for the other (VFM_MPI=mpich)."
    case .failedToStart(let words):
      "MPI did not start: \(words). Check the installation with mpirun -np 2 hostname, or start the program without mpirun."
    }
  }
}
