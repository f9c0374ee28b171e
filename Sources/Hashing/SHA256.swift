import CCrypto

/// The SHA-256 of a stream of bytes (FIPS 180-4), computed by OpenSSL's libcrypto.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// A digest of nothing yet.
  package init() {
    guard let context = EVP_MD_CTX_new() else { fatalError("out of memory for a digest") }
    self.context = context
    Self.expect(EVP_DigestInit_ex(context, EVP_sha256(), nil))
  }

  deinit { EVP_MD_CTX_free(context) }

  /// The digest of `bytes` as 64 hexadecimal digits.
  package static func hex(of bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// Appends bytes to the stream.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    Self.expect(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// Appends one integer as eight bytes, lowest first.
  package mutating func update(_ value: Int) {
    withUnsafeBytes(of: UInt64(bitPattern: Int64(value)).littleEndian) { update($0) }
  }

  /// Appends a text, its length in bytes first, so that neighbouring texts cannot run into each other.
  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      update(bytes.count)
      update(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Ends the stream: its digest as 64 hexadecimal digits.
  package consuming func finish() -> String {
    let digest = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { digest, count in
      var length: UInt32 = 0
      Self.expect(EVP_DigestFinal_ex(context, digest.baseAddress, &length))
      count = Int(length)
    }
    return digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// libcrypto refuses SHA-256 only when its installation is broken: no caller could go on.
  private static func expect(_ status: Int32) {
    guard status == 1 else { fatalError("libcrypto does not compute SHA-256; install OpenSSL anew") }
  }
}
