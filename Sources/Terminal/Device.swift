import CTerminal
import Glibc

/// The terminal's descriptors, as copies of our own that no child program inherits.
struct Device {
    let input: UnsafeMutablePointer<FILE>
    let output: UnsafeMutablePointer<FILE>

    init(_ device: ScreenOptions.Device) throws(TerminalError) {
        switch device {
        case .controlling:
            input = try Self.open(STDIN_FILENO, "r", orTerminal: true)
        case .descriptors(let descriptor, _):
            input = try Self.open(descriptor, "r", orTerminal: false)
        }
        do {
            switch device {
            case .controlling:
                output = try Self.open(STDOUT_FILENO, "w", orTerminal: true)
            case .descriptors(_, let descriptor):
                output = try Self.open(descriptor, "w", orTerminal: false)
            }
        } catch {
            fclose(input)
            throw error
        }
    }

    func close() {
        fclose(input)
        fclose(output)
    }

    private static func open(
        _ descriptor: Int32, _ mode: String, orTerminal: Bool
    ) throws(TerminalError) -> UnsafeMutablePointer<FILE> {
        var copy: Int32 = -1
        if isatty(descriptor) == 1 {
            copy = ct_copy_descriptor(descriptor)
        } else if orTerminal {
            copy = ct_open_terminal()
        }
        guard copy >= 0 else { throw .noTerminal }
        guard let file = fdopen(copy, mode) else {
            let number = errno
            Glibc.close(copy)
            throw .system(number, "fdopen")
        }
        return file
    }
}
