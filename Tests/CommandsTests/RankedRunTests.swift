import Foundation
import TestPrograms
import Testing

/// Runs on several ranks, in processes of their own.
@Suite(.serialized, .enabled(if: MPIRun.path != nil, "\(MPIRun.missing)"))
struct RankedRunTests {
  /// What the runs here have in common: six batches of two clips a step, and looks at held-out clips.
  private let settings = [
    "--set", "training.batchSize=2", "--set", "training.gradientAccumulation=6", "--set",
    "training.validateEvery=2", "--set", "training.steps=6", "--threads", "1",
  ]

  /// Starts a command on each of some ranks.
  private func mpirun(
    _ commands: [(ranks: Int, words: [String])], whileRunning: ((Process) -> Void)? = nil
  ) throws -> CommandResult {
    let words = commands.flatMap { part in
      [":", "-np", "\(part.ranks)", TestProgram.path("vfm-train")] + part.words
    }
    return try vfm(
      [MPIRun.path!] + MPIRun.options + words.dropFirst(),
      environment: MPIRun.environment, whileRunning: whileRunning)
  }

  private func train(
    _ bench: Workbench, ranks: Int, _ more: String..., output: String? = nil
  ) throws -> CommandResult {
    try train(bench, ranks: ranks, more, output: output)
  }

  private func train(
    _ bench: Workbench, ranks: Int, _ more: [String], output: String? = nil,
    whileRunning: ((Process) -> Void)? = nil
  ) throws -> CommandResult {
    let words = ["pretrain", bench.recipe, "--output", output ?? bench.output] + settings + more
    if ranks == 0 { return try vfm(["vfm-train"] + words, whileRunning: whileRunning) }
    return try mpirun([(ranks, words)], whileRunning: whileRunning)
  }

  private func hash(_ folder: String) throws -> String {
    let result = try vfm(["vfm-train", "inspect", folder, "--hash"])
    #expect(result.code == 0, "\(result.errors)")
    return result.output
  }

  private func looks(_ folder: String) throws -> [String] {
    try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
      .filter { $0.contains("held-out") || $0.contains("heldOut") }.map(String.init)
  }

  @Test func anyNumberOfRanksAndThreadsGivesTheSameState() throws {
    let bench = try Workbench()
    let alone = try train(bench, ranks: 0)
    #expect(alone.code == 0, "\(alone.errors)")
    let expected = try hash(bench.output)
    let figures = try looks(bench.output)
    #expect(figures.count == 3)
    for (ranks, threads) in [(2, 2), (3, 1), (4, 1)] {
      let output = bench.path + "/ranks\(ranks)"
      let result = try train(bench, ranks: ranks, "--threads", "\(threads)", output: output)
      #expect(result.code == 0, "\(result.errors)")
      #expect(try hash(output) == expected, "\(ranks) ranks of \(threads) threads")
      #expect(try looks(output) == figures)
      #expect(
        result.errors.components(separatedBy: "step 6/6").count == 2, "one rank speaks: \(result.errors)")
      // Four ranks do not divide six batches.
      #expect(result.errors.contains("do not divide the 6 batches") == (ranks == 4), "\(result.errors)")
    }
    // The check can fail.
    let fast = bench.path + "/fast"
    #expect(try train(bench, ranks: 3, "--set", "training.reduction=fast", output: fast).code == 0)
    #expect(try hash(fast) != expected)
  }

  @Test func aRunGoesOnWithOtherRanks() throws {
    let bench = try Workbench()
    #expect(try train(bench, ranks: 0).code == 0)
    let expected = try hash(bench.output)
    let output = bench.path + "/parts"
    for (ranks, step) in [(4, 1), (2, 2), (3, 5)] {
      let result = try train(bench, ranks: ranks, "--stop-after", "\(step)", output: output)
      #expect(result.code == 75, "\(result.errors)")
      #expect(result.errors.contains("with mpirun or srun and any number of ranks"), "\(result.errors)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: output + "/checkpoints")
    #expect(files.contains { $0.hasSuffix("part-3-of-3.h5") }, "\(files)")
    #expect(try train(bench, ranks: 0, output: output).code == 0)
    #expect(try hash(output) == expected)
  }

  @Test(arguments: [
    "optimizer.kind=\"muon\"", "optimizer.cautious=true", "training.computePrecision=\"bfloat16\"",
  ])
  func otherWaysToTrainDoNotDependOnRanks(setting: String) throws {
    let bench = try Workbench()
    #expect(try train(bench, ranks: 0, "--set", setting).code == 0)
    let output = bench.path + "/ranks"
    let result = try train(bench, ranks: 3, "--set", setting, output: output)
    #expect(result.code == 0, "\(result.errors)")
    #expect(try hash(output) == hash(bench.output))
  }

  @Test func aRankThatHearsASignalStopsAllOfThem() throws {
    let bench = try Workbench()
    let many = ["--set", "training.steps=1000000", "--set", "training.checkpointEvery=1000000"]
    let result = try train(bench, ranks: 2, many) { process in
      waitForSteps(bench.output)
      if let rank = children(of: process.processIdentifier).last { kill(rank, SIGUSR1) }
    }
    #expect(result.code == 75, "\(result.code) \(result.errors)")
    // What was done until then is what one process does in as many steps.
    let steps = try #require(
      try FileManager.default.contentsOfDirectory(atPath: bench.output + "/checkpoints").compactMap {
        $0.hasSuffix(".h5") && !$0.contains("part") ? Int($0.dropFirst(5).dropLast(3)) : nil
      }.max())
    let alone = bench.path + "/alone"
    #expect(try train(bench, ranks: 0, many + ["--stop-after", "\(steps)"], output: alone).code == 75)
    #expect(try hash(alone) == hash(bench.output))
  }

  /// A rank that is killed, and one that is stopped, end the job, which then goes on.
  @Test(arguments: [(SIGKILL, Int32(137)), (SIGSTOP, Int32(70))]) func aLostRankEndsTheJob(
    number: Int32, code: Int32
  )
    throws
  {
    let bench = try Workbench()
    let many = ["--set", "training.steps=1000000", "--set", "training.checkpointEvery=1"]
    var stopped: Int32?
    let limit = number == SIGSTOP ? ["--silence-limit", "2s"] : []
    let result = try train(bench, ranks: 2, many + limit) { process in
      waitForCheckpoint(bench.output)
      stopped = children(of: process.processIdentifier).last
      if let stopped { kill(stopped, number) }
    }
    if let stopped { kill(stopped, SIGKILL) }
    #expect(result.code == code, "\(result.errors)")
    if number == SIGSTOP {
      #expect(result.errors.contains("has not answered for 2 seconds"), "\(result.errors)")
      #expect(result.errors.contains("goes on from the newest checkpoint"), "\(result.errors)")
    }
    let more = try train(bench, ranks: 3, many + ["--max-time", "4s"])
    #expect(more.code == 75 && more.errors.contains("going on from step"), "\(more.errors)")
  }

  /// The processes that a launcher has started.
  private func children(of launcher: Int32) -> [Int32] {
    let path = "/proc/\(launcher)/task"
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return tasks.flatMap { task in
      ((try? String(contentsOfFile: "\(path)/\(task)/children", encoding: .utf8)) ?? "")
        .split(separator: " ").compactMap { Int32($0) }
    }.sorted()
  }

  private func waitForCheckpoint(_ output: String) {
    for _ in 0..<2000 {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: output + "/checkpoints")) ?? []
      if files.contains(where: { $0.hasSuffix("1.h5") && !$0.contains("part") }) { return }
      usleep(10_000)
    }
  }

  private func waitForSteps(_ output: String) {
    for _ in 0..<2000 {
      let metrics = FileManager.default.contents(atPath: output + "/metrics.jsonl")
      if metrics?.isEmpty == false { return }
      usleep(10_000)
    }
  }

  // MARK: What does not go together

  @Test func moreRanksThanBatchesAreRefused() throws {
    let bench = try Workbench()
    let result = try mpirun([(2, ["pretrain", bench.recipe, "--output", bench.output])])
    #expect(result.code == 65, "\(result.errors)")
    #expect(result.errors.contains("training.gradientAccumulation is 1"), "\(result.errors)")
    #expect(result.errors.contains("--set training.gradientAccumulation=2"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.output))
  }

  @Test func ranksWithOtherRecipesAreRefused() throws {
    let bench = try Workbench()
    let words = ["pretrain", bench.recipe, "--output", bench.output] + settings
    let result = try mpirun([(1, words), (1, words + ["--set", "seed=6"])])
    #expect(result.code == 65, "\(result.errors)")
    #expect(
      result.errors.contains("rank 1 on") && result.errors.contains("another recipe"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.output))
  }

  @Test func anOutputThatRanksDoNotShareIsRefused() throws {
    let bench = try Workbench()
    func words(_ output: String) -> [String] { ["pretrain", bench.recipe, "--output", output] + settings }
    let result = try mpirun([(1, words(bench.output)), (1, words(bench.path + "/elsewhere"))])
    #expect(result.code == 73, "\(result.errors)")
    #expect(
      result.errors.contains("rank 1 on") && result.errors.contains("a disk that all machines share"),
      "\(result.errors)")
  }

  @Test func aFileThatOneRankLacksIsToldWithTheRank() throws {
    let bench = try Workbench()
    let words = ["--output", bench.output] + settings
    let result = try mpirun([
      (1, ["pretrain", bench.recipe] + words), (1, ["pretrain", bench.path + "/nothing.json"] + words),
    ])
    #expect(result.code == 66, "\(result.errors)")
    #expect(result.errors.contains("rank 1 on") && result.errors.contains("nothing.json"), "\(result.errors)")
  }

  @Test func tooManyThreadsAreTold() throws {
    let bench = try Workbench()
    let result = try train(bench, ranks: 2, "--threads", "64", "--stop-after", "1")
    #expect(result.code == 75 && result.errors.contains("compute with 128 threads on"), "\(result.errors)")
  }

  /// Both ranks meet one of two bad clips, and one of them is tolerated: only what both found is too much.
  @Test func clipsThatGiveNoSampleCountForAllRanks() throws {
    let bench = try Workbench()
    let folder = bench.path + "/set/clips"
    let list = try String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter {
      list.contains($0)
    }
    for name in names.prefix(2) { try bench.cutOff(folder + "/" + name) }
    let result = try train(
      bench, ranks: 2, ["--set", "data.badClipTolerance=0.06", "--set", "training.steps=1000000"])
    #expect(result.code == 65, "\(result.errors)")
    #expect(result.errors.contains("2 of the 15 clips of"), "\(result.errors)")
    #expect(result.errors.components(separatedBy: "cannot be used").count == 2, "\(result.errors)")
    let listed = try String(contentsOfFile: bench.output + "/quarantine.jsonl", encoding: .utf8)
    #expect(listed.split(separator: "\n").count == 2, "\(listed)")
  }

  @Test func aPlanIsMadeUnderMPIRun() throws {
    let bench = try Workbench()
    let result = try train(bench, ranks: 2, "--plan")
    #expect(result.code == 0 && result.output.contains("ranks               2;"), "\(result.errors)")
  }

  @Test func oneRankIsAProcessAlone() throws {
    let bench = try Workbench()
    let result = try train(bench, ranks: 1)
    #expect(result.code == 0 && !result.errors.contains("ranks on"), "\(result.errors)")
  }

  @Test func anAdapterIsTunedByRanks() throws {
    let bench = try Workbench()
    _ = try bench.trained()
    func tune(_ ranks: Int) throws -> String {
      let output = bench.path + "/tuned\(ranks)"
      let words =
        ["finetune", "--base", bench.output, "--data", bench.path + "/set/train.jsonl", "--output", output]
        + settings
      let result = ranks == 0 ? try vfm(["vfm-train"] + words) : try mpirun([(ranks, words)])
      #expect(result.code == 0, "\(result.errors)")
      return try hash(output)
    }
    #expect(try tune(0) == tune(3))
  }

  @Test func thePlanTellsOfOneRank() throws {
    let bench = try Workbench()
    let words = ["vfm-train", "pretrain", bench.recipe, "--plan", "--json"] + settings
    func plan(_ ranks: Int) throws -> (peak: Int, operations: Int) {
      let json = try vfm(words + ["--ranks", "\(ranks)"]).json
      let peak = try #require(json["peakBytes"] as? Int)
      return (peak, try #require(json["operationsPerStep"] as? Int))
    }
    let (one, three) = (try plan(1), try plan(3))
    #expect(three.peak < one.peak && three.operations < one.operations, "\(one) \(three)")
    let refused = try vfm(["vfm-train", "pretrain", bench.recipe, "--ranks", "2"])
    #expect(refused.code == 64 && refused.errors.contains("mpirun -np"), "\(refused.errors)")
  }

  /// One machine's part of a job that Slurm has started without MPI.
  @Test func ranksWithoutMPIAreRefused() throws {
    let bench = try Workbench()
    let result = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output],
      environment: ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "2"])
    #expect(result.code == 64 && result.errors.contains("--mpi=pmix"), "\(result.errors)")
  }
}

extension Workbench {
  /// Leaves the first half of a file.
  func cutOff(_ path: String) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
  }
}
