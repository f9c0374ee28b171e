import Fields
import Objectives

extension ReconstructionLoss {
  /// Declares the weights of the loss; `section` is `objective`.
  init(_ section: Section) {
    func weight(_ key: String, default standard: Double, _ meaning: String) -> Double {
      section.number(key, .from(0, through: 1000), default: standard, meaning)
    }
    self.init(
      absolute: weight("absolute", default: 1, "Weight of the mean absolute error of pixels (L1)."),
      squared: weight("squared", default: 1, "Weight of the mean squared error of pixels (L2)."),
      pyramid: weight(
        "pyramid", default: 0,
        "Weight of the mean absolute error in each part of a Haar pyramid of three levels."),
      spatialDifference: weight(
        "spatialDifference", default: 0,
        "Weight of the mean absolute error of differences between neighbouring pixels: edges."),
      temporalDifference: weight(
        "temporalDifference", default: 0,
        "Weight of the mean absolute error of differences between neighbouring frames: flicker."))
    section.expect(
      absolute + squared + pyramid > 0, of: "absolute", "squared", "pyramid",
      otherwise: "one of the three must be above 0, or nothing asks for the brightness of a pixel")
  }
}
