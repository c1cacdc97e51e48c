import ArgumentParser

@main
struct BenchScreen: ParsableCommand {
    func run() throws {}
}
