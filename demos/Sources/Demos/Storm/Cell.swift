import TaskTree

/// A cell came to grief, as one in a hundred does.
struct CellBurst: Error, Hashable, CustomStringConvertible {
    let number: Int
    var description: String { "cell \(number) burst" }
}

/// A leaf of the storm: lives for a while, and leaves its place to another.
enum Cell {
    static func start(in district: TaskScope, _ weather: Weather) throws {
        let number = weather.nextCell()
        try district.spawn("cell-\(number)", kind: "cell") { cell in
            try await cell.heedingCancel { try await live(cell, number, weather) }
            // The next one is there before this one is gone; not in a district that is over.
            try? start(in: district, weather)
            guard number % 100 != 99 else {
                weather.burst()
                throw CellBurst(number: number)
            }
        }
    }

    private static func live(_ cell: TaskScope, _ number: Int, _ weather: Weather) async throws {
        if weather.takePermit() {
            do {
                let drop = try Drop(number, in: weather.directory)
                try await cell.adopt(drop.name, kind: drop.kind, drop) { drop in
                    drop.close()
                    weather.givePermit()
                }
            } catch let lack as DemoError {
                // No descriptors to be had: a cell lives without.
                weather.givePermit()
                cell.log(lack.message, level: "warning")
            }
        }
        let life = weather.life(of: number)
        if number % 10 == 3 {
            try await cell.call("spark-\(number)", kind: "spark") { try await $0.sleep(for: life) }
        } else {
            try await cell.sleep(for: life)
        }
    }
}
