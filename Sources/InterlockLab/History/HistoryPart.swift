/// What a history tells of one object.
@usableFromInline struct HistoryPart<Model: SequentialModel> {
  @usableFromInline let key: Model.Key?
  @usableFromInline var record = History<Model>.Record()
  /// What its operations are called in the whole history.
  @usableFromInline var numbers: [Int] = []

  /// One part for each key, in the order in which they are first called.
  @usableFromInline static func parts(
    of record: History<Model>.Record, _ model: Model
  ) -> [HistoryPart] {
    guard Model.Key.self != Never.self else {
      return [HistoryPart(key: nil, record: record, numbers: Array(record.operations.indices))]
    }
    var parts: [HistoryPart] = []
    var partOfKey: [Model.Key?: Int] = [:]
    var homes: [(part: Int, number: Int)] = []
    for event in record.events {
      switch event {
      case .call(let number):
        let operation = record.operations[number]
        let key = model.key(of: operation.operation)
        let part = partOfKey[key] ?? parts.count
        if part == parts.count {
          partOfKey[key] = part
          parts.append(HistoryPart(key: key))
        }
        homes.append((part, parts[part].numbers.count))
        parts[part].record.events.append(.call(homes[number].number))
        parts[part].record.operations.append(operation)
        parts[part].numbers.append(number)
      case .return(let number):
        let home = homes[number]
        parts[home.part].record.events.append(.return(home.number))
      }
    }
    return parts
  }
}
