import Foundation
import Testing

/// What `vfm-data encode` refuses; that latents are those of the loop is tested where they are written.
@Suite struct EncodeTests {
  @Test func whatHasNoLatentsIsTold() throws {
    let bench = try Workbench()
    let nowhere = try vfm(["vfm-data", "encode", bench.recipe])
    #expect(
      nowhere.code == 64 && nowhere.errors.contains("give --output, or set data.latents"), "\(nowhere.errors)"
    )
    let output = ["vfm-data", "encode", bench.recipe, "--output", bench.path + "/latents"]
    let random = try vfm(output + ["--set", "data.start=random"])
    #expect(
      random.code == 65 && random.errors.contains("data.start: latents are kept of the first frames"),
      "\(random.errors)")
    let pixels = try vfm(output + ["--set", "data.start=first"])
    #expect(pixels.code == 65 && pixels.errors.contains("has no autoencoder here"), "\(pixels.errors)")
    let part = try vfm(output + ["--shard", "4/3"])
    #expect(part.code == 64, "\(part.errors)")
    let run = try vfm([
      "vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/run", "--set", "data.start=first",
      "--set",
      "data.latents=\(bench.path)/latents",
    ])
    #expect(run.code == 65 && run.errors.contains("leave data.latents out"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.path + "/latents"))
  }
}
