import Glibc

/// The system's words for an error number.
package func systemWords(_ code: some BinaryInteger) -> String { String(cString: strerror(Int32(code))) }
