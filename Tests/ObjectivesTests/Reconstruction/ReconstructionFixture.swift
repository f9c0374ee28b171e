import Foundation
import Objectives

/// Tests/Fixtures/reconstruction.json.
struct ReconstructionFixture: Decodable {
  struct Term: Decodable {
    let term: String, levels: Int?, rise: Double?, losses: [Double], gradient: [Float]

    /// The loss of this term alone, with weight 1.
    var loss: ReconstructionLoss? {
      switch term {
      case "absolute": ReconstructionLoss()
      case "squared": ReconstructionLoss(absolute: 0, squared: 1)
      case "pyramid", "rising pyramid":
        ReconstructionLoss(absolute: 0, pyramid: 1, bands: HaarPyramid(levels: levels!, rise: rise!))
      case "spatial difference": ReconstructionLoss(absolute: 0, spatialDifference: 1)
      case "temporal difference": ReconstructionLoss(absolute: 0, temporalDifference: 1)
      default: nil
      }
    }
  }
  struct Losses: Decodable {
    let shape: [Int], output: [Float], target: [Float], terms: [Term]
  }
  struct Latents: Decodable {
    let clips: Int, rows: Int, width: Int, values: Int, share: Double
    let moments: [Float], noise: [Float], slope: [Float], latents: [Float], divergences: [Double]
    let gradient: [Float]
  }
  let losses: [Losses], latents: [Latents]

  static func load() throws -> ReconstructionFixture {
    let path = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Fixtures/reconstruction.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: path.standardizedFileURL))
  }
}
