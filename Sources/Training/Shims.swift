import Clips
import Evaluation
import Ranks
public struct BatchShare { public init(units: Range<Int>, of: Int) {} }
struct FoundBadClip { static func text(of: [FoundBadClip]) -> String { "" }; static func list(_ t: String) -> [FoundBadClip] { [] } }
extension BatchLoader { func takeFound() -> [FoundBadClip] { [] }; func note(_ f: [FoundBadClip]) throws {} }
struct SharedLook { init(_ g: RankGroup) {} }
extension Evaluator { func run(_ c: ClipReader, shared: SharedLook, goesOn: () -> Bool) -> Evaluation? { run(c, goesOn: goesOn) } }
