import Foundation
import Video

@testable import Report

/// The folder of a run that never was, removed when the test is over.
final class MadeUpRun {
  let folder: String
  let prompts = ["a red circle <moves> left", "two & \"three\""]

  init(steps: Int = 1200) throws {
    folder = NSTemporaryDirectory() + "run-\(UUID().uuidString)/the <first> run"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var lines: [String] = []
    for step in stride(from: 1, through: steps, by: 1) {
      let loss = 0.1 + exp(-Double(step) / 100)
      lines.append(
        step == 7
          ? #"{"step":7,"loss":null,"refused":true,"learningRate":0.001,"clipsPerSecond":140.0,"seconds":0.25}"#
          : #"{"step":\#(step),"loss":\#(loss),"gradientNorm":1.5,"learningRate":0.001,"clipsPerSecond":140.0,"#
            + #""gflops":101.3,"waiting":0.02,"seconds":0.25,"parameters":3214080}"#)
      if step % 100 == 0 {
        lines.append(
          #"{"step":\#(step),"heldOut":{"time 0.9":\#(loss),"time 0.1":\#(2 * loss)},"heldOutLoss":\#(1.5 * loss)}"#
        )
      }
    }
    try write(lines.joined(separator: "\n") + "\n", to: "metrics.jsonl")
    try write(#"{"notes": "one </pre> line", "training": {"steps": 2000}}"#, to: "recipe.json")
  }

  deinit { try? FileManager.default.removeItem(atPath: (folder as NSString).deletingLastPathComponent) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
  }

  func append(_ text: String, to name: String) throws {
    try write(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) + text, to: name)
  }

  /// An empty file at a checkpoint's place.
  func keepCheckpoint(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: ("\(folder)/\(name)" as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try write("", to: name)
  }

  /// A step's samples; the "clips" are words, so that they are found again.
  func addSamples(
    step: Int, clips: Bool = true, prompts: Bool = true, sheet: Bool = true, format: String = "mp4"
  )
    throws
  {
    let name = "samples/" + String(format: "step-%06d", step)
    try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    let frames = [Picture](repeating: Picture(width: 8, height: 8, fill: (UInt8(step % 256), 0, 0)), count: 2)
    if sheet {
      try writePNG(ContactSheet.picture(rows: [frames, frames]), to: "\(folder)/\(name)/sheet.png")
    }
    if clips {
      for index in 0..<2 { try write("clip \(index) of \(step)", to: name + "/prompt-0\(index).\(format)") }
    }
    if prompts { try write(#"["a red circle <moves> left", "two & \"three\""]"#, to: name + "/prompts.json") }
  }

  func page() throws -> String {
    try String(contentsOfFile: try RunReport(folder: folder).write(), encoding: .utf8)
  }
}
