import ArgumentParser
import Checkpoints
import ClipIndexing
import Clips
import Curation
import Features
import Fields
import Files
import Foundation
import Isolation
import Manifests
import Ranks
import Report
import SyntheticClips
import Tasks
import Training
import Video

/// What a command tells the system about how it ended; the codes are those of BSD's `sysexits`, with two of our own.
public enum ExitStatus: Int32, Sendable {
  /// Done.
  case done = 0
  /// The words of the command line are wrong.
  case usage = 64
  /// What a recipe, manifest, clip or checkpoint says is wrong.
  case unfitInput = 65
  /// A file is not there or cannot be read.
  case missingInput = 66
  /// A bug of this program.
  case internalError = 70
  /// An output cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed, a full disk included.
  case inputOutput = 74
  /// Stopped on request with everything saved: run the same command again to go on.
  case stopped = 75
  /// The run diverged.
  case diverged = 76
}

/// Something that ends a command: a sentence for the user, and a code for the system.
public struct Failure: Error, CustomStringConvertible {
  /// The code.
  public let status: ExitStatus
  /// The sentence.
  public let description: String

  /// A failure of a command's own.
  public init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }

  /// What any error of the modules means for a command.
  public init(_ error: any Error) {
    let status: ExitStatus =
      switch error {
      case let failure as Failure: failure.status
      case let failure as RankFailure: failure.own.map { Failure($0).status } ?? .internalError
      case let error as RanksError: if case .failedToStart = error { .internalError } else { .usage }
      case let errors as RecipeErrors: errors.isUnreadable ? .missingInput : .unfitInput
      case let error as CheckpointError:
        switch error.kind {
        case .unfitInput: .unfitInput
        case .missingInput: .missingInput
        case .cannotCreate: .cannotCreate
        case .inputOutput: .inputOutput
        }
      case let error as ManifestError:
        error.machine != nil ? .inputOutput : error.isMissing ? .missingInput : .unfitInput
      case is BadClip, is BadClipsError, is BucketsError, is IndexGuard.MissingError, is PatternError,
        is LoadingError,
        is TaskFactsError, is ClassesError, is BaseFitError:
        .unfitInput
      case let error as AutoencoderError: if case .missing = error { .missingInput } else { .unfitInput }
      case let error as BaseError: if case .notFound = error { .missingInput } else { .unfitInput }
      case let error as ClipIndexError:
        FileManager.default.fileExists(atPath: error.path) ? .unfitInput : .missingInput
      case let error as IndexFileError: error.kind == .inputOutput ? .inputOutput : .cannotCreate
      case is Curation.Unindexed, is IsolationError: .unfitInput
      case let error as ClipListError:
        if case .failedToWrite = error { .inputOutput } else { .unfitInput }
      case let error as PackError:
        switch error {
        case .missing: .missingInput
        case .damaged, .stale, .tooLong, .unfit: .unfitInput
        case .cannotCreate: .cannotCreate
        case .diskFull, .failed: .inputOutput
        }
      case let error as LatentsError:
        switch error {
        case .missing: .missingInput
        case .damaged, .stale, .unfit: .unfitInput
        case .cannotCreate: .cannotCreate
        case .diskFull, .failed: .inputOutput
        }
      case let error as FeaturesError:
        switch error {
        case .missing: .missingInput
        case .otherFile, .damaged, .unfit: .unfitInput
        case .cannotCreate, .occupied: .cannotCreate
        case .diskFull, .failed: .inputOutput
        }
      case is QuarantineError, is MachineError: .inputOutput
      case is SyntheticSetError: .cannotCreate
      case let error as VideoError:
        error.stage == .encode || error.stage == .write ? .inputOutput : .unfitInput
      case is Diverged: .diverged
      case is RunReportError, is CocoaError, is POSIXError: .inputOutput
      default: .internalError
      }
    if let own = (error as? RankFailure)?.own {
      self = Failure(own)
      return
    }
    self.init(
      status,
      error is CocoaError || error is POSIXError
        ? "Cannot read or write \(fileInTrouble(error) ?? "a file"): \(plainWords(error)); check the folder and the space left on the disk."
        : "\(error)")
  }
}

extension ParsableCommand {
  /// Runs a command's work; an error becomes one message on standard error and the documented exit code.
  public func reportingFailures(_ work: () throws -> Void) throws {
    // A file that may not grow fails as a full disk does, and a log whose reader has left as one that cannot be written,
    // in place of ending the program unsaved.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    holdStandardStreams()
    do {
      try requireReadableArguments()
      try work()
    } catch let exit as ExitCode {
      throw exit
    } catch {
      let failure = Failure(error)
      standardError("\(Self.rootName): \(failure)\n")
      throw ExitCode(failure.status.rawValue)
    }
  }

  private static var rootName: String {
    CommandLine.arguments.first.map { ($0 as NSString).lastPathComponent } ?? "vfm"
  }
}

/// Throws when an argument is not UTF-8: what it names would be read or written under another name.
private func requireReadableArguments() throws {
  for index in 1..<max(1, Int(CommandLine.argc)) {
    guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else {
      continue
    }
    throw Failure(
      .usage,
      "Argument \(index), \(String(cString: argument)), is not UTF-8, so it would be read as another text; write it otherwise, or rename the file."
    )
  }
}
