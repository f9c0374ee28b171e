import Testing

@testable import Ranks

@Test func aProgramThatRunsAloneHasOneRankAndStartsNoMPI() throws {
  let group = try RankGroup.join(["PATH": "/bin"])
  #expect(group.rank == 0 && group.count == 1 && group.library == nil)
  #expect(group.gather("alone") == ["alone"])
  #expect(group.gather([1, 2], counts: [2]) == [1, 2])
  #expect(group.any(true) && !group.any(false))
  group.end()
}

@Test(arguments: ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"])
func launchersAreKnownByTheirVariables(name: String) throws {
  let launch = Launch([name: "0", "OMPI_COMM_WORLD_SIZE": "4"])
  #expect(launch.isOfMPI && launch.count == 4 && !launch.isSlurmWithoutMPI)
  try launch.requireMPI(isBuiltIn: true)
  try launch.requireFit(found: 4, library: "Open MPI v4")
  #expect(throws: RanksError.notBuiltIn) { try launch.requireMPI(isBuiltIn: false) }
  let other = RanksError.otherMPI(started: 4, found: 1, library: "Open MPI v4")
  #expect(throws: other) { try launch.requireFit(found: 1, library: "Open MPI v4") }
  #expect("\(other)".contains("another MPI") && "\(other)".contains("VFM_MPI"))
}

@Test func aSingleRankNeedsNoMPI() throws {
  try Launch(["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"]).requireMPI(isBuiltIn: false)
}

@Test func stepsOfSlurmWithoutMPIAreRefused() throws {
  let step = ["SLURM_PROCID": "1", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4"]
  #expect(throws: RanksError.slurmWithoutMPI) { try Launch(step).requireMPI(isBuiltIn: true) }
  #expect("\(RanksError.slurmWithoutMPI)".contains("--mpi=pmix"))
  try Launch(step.merging(["PMIX_RANK": "1"]) { $1 }).requireMPI(isBuiltIn: true)
  // A batch script has a place and tasks, too, but is one process.
  try Launch(["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]).requireMPI(isBuiltIn: true)
}

@Test func aPretendedGroupGivesNothingOfOthers() {
  let group = RankGroup.pretended(rank: 1, count: 3)
  #expect(group.gather([5], counts: [1, 1, 2]) == [0, 5, 0, 0])
  #expect(!group.any(false))
}
