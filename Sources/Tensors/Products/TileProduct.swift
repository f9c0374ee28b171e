import CDNNL
import Synchronization

/// oneDNN's code for the product of a tile:
///
///     c = a b,   c += a b,   or   c = a b + bias        a and b bfloat16; sums, c and bias float32
///
/// It may run on several threads at once, each with memory of its own to work in. It lives as long as the process: models have
/// some dozens of shapes.
package final class TileProduct: @unchecked Sendable {
  /// Floats that it needs to work in.
  package let scratchFloats: Int

  /// oneDNN's name for the code: "brg:avx512_core_bf16", say.
  let implementation: String

  private let primitive: dnnl_primitive_t
  private let a: dnnl_memory_desc_t, b: dnnl_memory_desc_t, c: dnnl_memory_desc_t
  private let bias: dnnl_memory_desc_t?, scratch: dnnl_memory_desc_t
  /// Descriptions of places in memory that no call uses now: making them anew for each call would cost more than small
  /// tiles do.
  private let unused = Mutex<[Places]>([])

  init(_ tile: OneDNN.Tile) {
    vfm_dnnl_on_this_thread()
    let a = matrix(tile.rows, tile.terms, tile.a), b = matrix(tile.terms, tile.columns, tile.b)
    let c = matrix(tile.rows, tile.columns, .init(stride: tile.stride, isTransposed: false), dnnl_f32)
    let bias =
      tile.addition == .bias
      ? matrix(1, tile.columns, .init(stride: tile.columns, isTransposed: false), dnnl_f32) : nil

    var attributes: dnnl_primitive_attr_t?
    OneDNN.check(dnnl_primitive_attr_create(&attributes), "has no memory")
    // The memory to work in is ours, so that plans count it. What they do not count is the code itself, some 50 KB a shape.
    OneDNN.check(
      dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "refuses a scratchpad")
    if tile.addition == .output {
      var sum: dnnl_post_ops_t?
      OneDNN.check(dnnl_post_ops_create(&sum), "has no memory")
      OneDNN.check(dnnl_post_ops_append_sum(sum, 1), "cannot add to an output")
      OneDNN.check(dnnl_primitive_attr_set_post_ops(attributes, sum), "cannot add to an output")
      dnnl_post_ops_destroy(sum)
    }
    var product = dnnl_matmul_desc_t(), description: dnnl_primitive_desc_t?
    let status = withUnsafePointer(to: a) { a in
      withUnsafePointer(to: b) { b in
        withUnsafePointer(to: c) { c in
          if let bias {
            withUnsafePointer(to: bias) { dnnl_matmul_desc_init(&product, a, b, $0, c) }
          } else {
            dnnl_matmul_desc_init(&product, a, b, nil, c)
          }
        }
      }
    }
    OneDNN.check(status, "knows no product \(tile)")
    OneDNN.check(
      dnnl_primitive_desc_create(&description, &product, attributes, OneDNN.engine, nil),
      "knows no product \(tile)")
    let scratch = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0).pointee
    (self.a, self.b, self.c, self.bias, self.scratch) = (a, b, c, bias, scratch)
    scratchFloats = withUnsafePointer(to: scratch) { (dnnl_memory_desc_get_size($0) + 3) / 4 }
    var name: UnsafePointer<CChar>?
    OneDNN.check(
      dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &name), "does not tell its code")
    implementation = name.map { String(cString: $0) } ?? ""
    var made: dnnl_primitive_t?
    OneDNN.check(dnnl_primitive_create(&made, description), "has no memory for a product")
    primitive = made!
    dnnl_primitive_desc_destroy(description)
    dnnl_primitive_attr_destroy(attributes)
  }

  /// Computes on the calling thread.
  /// - Parameters:
  ///   - bias: one row, where the tile has one.
  ///   - work: `scratchFloats` floats.
  package func compute(
    _ a: UnsafePointer<UInt16>, _ b: UnsafePointer<UInt16>, bias: UnsafePointer<Float>?,
    into c: UnsafeMutablePointer<Float>, work: UnsafeMutablePointer<Float>
  ) {
    vfm_dnnl_on_this_thread()
    let places = unused.withLock { $0.popLast() } ?? makePlaces()
    places.point(to: a, b, bias, c, work)
    places.arguments.withUnsafeBufferPointer {
      OneDNN.check(
        dnnl_primitive_execute(primitive, places.stream, Int32($0.count), $0.baseAddress),
        "could not compute a product")
    }
    OneDNN.check(dnnl_stream_wait(places.stream), "could not compute a product")
    unused.withLock { $0.append(places) }
  }

  private func makePlaces() -> Places {
    var all = [(DNNL_ARG_SRC, a), (DNNL_ARG_WEIGHTS, b), (DNNL_ARG_DST, c), (DNNL_ARG_SCRATCHPAD, scratch)]
    if let bias { all.append((DNNL_ARG_BIAS, bias)) }
    return Places(all)
  }
}

/// oneDNN's descriptions of the places in memory that one call reads and writes.
private struct Places: @unchecked Sendable {
  let stream: dnnl_stream_t
  let arguments: [dnnl_exec_arg_t]

  init(_ all: [(argument: Int32, description: dnnl_memory_desc_t)]) {
    var stream: dnnl_stream_t?
    OneDNN.check(
      dnnl_stream_create(&stream, OneDNN.engine, dnnl_stream_default_flags.rawValue), "has no memory")
    self.stream = stream!
    arguments = all.map { argument, description in
      var memory: dnnl_memory_t?
      withUnsafePointer(to: description) {
        OneDNN.check(
          dnnl_memory_create(&memory, $0, OneDNN.engine, nil), "has no memory")
      }
      return dnnl_exec_arg_t(arg: argument, memory: memory)
    }
  }

  /// In the order of `makePlaces`.
  func point(
    to a: UnsafePointer<UInt16>, _ b: UnsafePointer<UInt16>, _ bias: UnsafePointer<Float>?,
    _ c: UnsafeMutablePointer<Float>, _ work: UnsafeMutablePointer<Float>
  ) {
    set(0, UnsafeMutableRawPointer(mutating: a))
    set(1, UnsafeMutableRawPointer(mutating: b))
    set(2, UnsafeMutableRawPointer(c))
    set(3, UnsafeMutableRawPointer(work))
    if arguments.count > 4, let bias { set(4, UnsafeMutableRawPointer(mutating: bias)) }
  }

  private func set(_ index: Int, _ pointer: UnsafeMutableRawPointer) {
    OneDNN.check(
      dnnl_memory_set_data_handle(arguments[index].memory, pointer), "cannot be given memory")
  }
}

/// A matrix in memory.
private func matrix(
  _ rows: Int, _ columns: Int, _ factor: OneDNN.Factor, _ type: dnnl_data_type_t = dnnl_bf16
) -> dnnl_memory_desc_t {
  var description = dnnl_memory_desc_t()
  let sizes = [Int64(rows), Int64(columns)]
  let strides = factor.isTransposed ? [1, Int64(factor.stride)] : [Int64(factor.stride), 1]
  OneDNN.check(
    dnnl_memory_desc_init_by_strides(&description, 2, sizes, type, strides),
    "knows no matrix \(rows) × \(columns)")
  return description
}
