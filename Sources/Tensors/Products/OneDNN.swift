import CDNNL
import CProcessor
import Synchronization

/// The library that computes products of bfloat16 factors, with sums in float32.
///
/// Like OpenBLAS it is called on one thread for each tile, so bits do not depend on the number of threads.
public enum OneDNN {
  /// Its name and version, "oneDNN 2.6.3", say.
  public static let version: String = {
    let version = dnnl_version().pointee
    return "oneDNN \(version.major).\(version.minor).\(version.patch)"
  }()

  /// Its name for the instructions that it uses on this processor: "avx512_core_bf16", say.
  ///
  /// The bits of a product depend on them. The environment variable ONEDNN_MAX_CPU_ISA, read when the program starts, asks
  /// for fewer.
  public static let instructions = name(of: dnnl_get_effective_cpu_isa())

  /// Whether this processor multiplies bfloat16 by instructions of its own, and this build knows them: elsewhere products
  /// are of float32, since imitating the narrow ones would be slower.
  public static let multipliesBFloat16 =
    isBuiltForBFloat16
    && dnnl_get_effective_cpu_isa().rawValue & dnnl_cpu_isa_avx512_core_bf16.rawValue
      == dnnl_cpu_isa_avx512_core_bf16.rawValue

  /// Whether this build knows such instructions: attention's products are its own.
  static var isBuiltForBFloat16: Bool { VFM_BFLOAT16_PRODUCTS == 1 }

  private static func name(of instructions: dnnl_cpu_isa_t) -> String {
    switch instructions {
    case dnnl_cpu_isa_avx512_core_amx: "avx512_core_amx"
    case dnnl_cpu_isa_avx512_core_bf16: "avx512_core_bf16"
    case dnnl_cpu_isa_avx512_core_vnni: "avx512_core_vnni"
    case dnnl_cpu_isa_avx512_core: "avx512_core"
    case dnnl_cpu_isa_avx2_vnni: "avx2_vnni"
    case dnnl_cpu_isa_avx2: "avx2"
    case dnnl_cpu_isa_avx: "avx"
    default: "isa \(instructions.rawValue)"
    }
  }

  /// A factor of a product: where its rows lie.
  package struct Factor: Hashable {
    /// Elements from one row in memory to the next.
    let stride: Int
    /// Whether what is multiplied is the transpose of what lies in memory.
    let isTransposed: Bool

    package init(stride: Int, isTransposed: Bool) {
      self.stride = stride
      self.isTransposed = isTransposed
    }
  }

  /// What a tile's product is added to.
  package enum Addition: Hashable { case nothing, output, bias }

  /// All that oneDNN prepares code for.
  package struct Tile: Hashable {
    let rows: Int, columns: Int, terms: Int
    let a: Factor, b: Factor
    /// Floats from one row of the output to the next.
    let stride: Int
    let addition: Addition

    package init(
      rows: Int, columns: Int, terms: Int, a: Factor, b: Factor, stride: Int, addition: Addition
    ) {
      (self.rows, self.columns, self.terms) = (rows, columns, terms)
      (self.a, self.b, self.stride, self.addition) = (a, b, stride, addition)
    }
  }

  /// The code for a tile: made once, for it takes a fifth of a millisecond.
  package static func product(_ tile: Tile) -> TileProduct {
    products.withLock { products in
      if let known = products[tile] { return known }
      let made = TileProduct(tile)
      products[tile] = made
      return made
    }
  }

  private static let products = Mutex<[Tile: TileProduct]>([:])

  nonisolated(unsafe) static let engine: dnnl_engine_t = {
    var engine: dnnl_engine_t?
    check(dnnl_engine_create(&engine, dnnl_cpu, 0), "cannot be set up")
    return engine!
  }()

  /// A failure is a fault of this program or of memory, not of anything that a user gave.
  static func check(_ status: dnnl_status_t, _ what: @autoclosure () -> String) {
    precondition(status == dnnl_success, "oneDNN \(what()) (status \(status.rawValue))")
  }
}
