import Synchronization

/// What a call of `parallel` computes, for the account of where time goes.
public enum WorkKind: Int, CaseIterable, Sendable {
  /// Matrix products of whole tensors.
  case products
  /// Both passes of attention, the products inside them included.
  case attention
  /// All else: kernels that pass over rows or elements, bound by memory more than by arithmetic.
  case rows
}

/// Where time went: for each kind of work the calls of `parallel` and how long the callers waited for them to return.
///
/// The difference of two ledgers tells of what ran between them. What is left of a thread's time was spent outside of
/// `parallel`.
public struct WorkLedger: Sendable, Equatable {
  /// The account of one kind.
  public struct Entry: Sendable, Equatable {
    /// Calls that returned.
    public var calls = 0
    /// The sum of the calls' durations.
    public var seconds = 0.0
  }

  /// An account of nothing.
  public init() {}

  private var entries = Array(repeating: Entry(), count: WorkKind.allCases.count)

  /// The account of a kind.
  public internal(set) subscript(kind: WorkKind) -> Entry {
    get { entries[kind.rawValue] }
    set { entries[kind.rawValue] = newValue }
  }

  /// Seconds of all kinds together.
  public var seconds: Double { entries.reduce(0) { $0 + $1.seconds } }

  /// What was added since an earlier ledger.
  public static func - (later: WorkLedger, earlier: WorkLedger) -> WorkLedger {
    combined(later, earlier) { Entry(calls: $0.calls - $1.calls, seconds: $0.seconds - $1.seconds) }
  }

  /// Both together.
  public static func + (left: WorkLedger, right: WorkLedger) -> WorkLedger {
    combined(left, right) { Entry(calls: $0.calls + $1.calls, seconds: $0.seconds + $1.seconds) }
  }

  private static func combined(
    _ left: WorkLedger, _ right: WorkLedger, _ combine: (Entry, Entry) -> Entry
  ) -> WorkLedger {
    var ledger = WorkLedger()
    for kind in WorkKind.allCases { ledger[kind] = combine(left[kind], right[kind]) }
    return ledger
  }
}

extension Work {
  /// The account of this process so far, over all threads that called `parallel`. A call within another's body counts in
  /// both.
  public static var ledger: WorkLedger {
    var ledger = WorkLedger()
    for kind in WorkKind.allCases { ledger[kind] = accounts[kind.rawValue].entry }
    return ledger
  }

  /// Runs `body` and adds its duration to the account of `kind`.
  static func timed(as kind: WorkKind, _ body: () -> Void) {
    let clock = ContinuousClock()
    let start = clock.now
    body()
    accounts[kind.rawValue].add(clock.now - start)
  }

  private static let accounts = WorkKind.allCases.map { _ in Account() }

  private final class Account: Sendable {
    private let calls = Atomic<Int>(0)
    private let nanoseconds = Atomic<Int>(0)

    var entry: WorkLedger.Entry {
      WorkLedger.Entry(
        calls: calls.load(ordering: .relaxed),
        seconds: Double(nanoseconds.load(ordering: .relaxed)) / 1e9)
    }

    func add(_ duration: Duration) {
      calls.add(1, ordering: .relaxed)
      nanoseconds.add(Int(duration / .nanoseconds(1)), ordering: .relaxed)
    }
  }
}
