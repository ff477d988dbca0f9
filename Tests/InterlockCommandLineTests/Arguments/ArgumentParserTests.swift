import InterlockCommandLine
import Testing

@Suite struct ArgumentParserTests {
  static let factor = Option.integer("--sf", "N", 5...12, "spreading factor").defaulting(to: 8)
  static let wait = Option.duration("--timeout", "how long")
  static let key = Option.hex("--key", "HEX", bytes: [16, 32], "a key")
  static let loud = Option.flag("--loud", "says more")

  let parser = ArgumentParser(
    declaration: CommandDeclaration(
      path: ["try", "it"], summary: "tries it",
      details: String(repeating: "It says more than fits into a line. ", count: 5),
      operands: [
        Operand(name: "FILE", meaning: "a file"),
        Operand(name: "MORE", meaning: "more files", isOptional: true, repeats: true),
      ],
      options: [factor.optional, wait.optional, key.repeated, loud.optional],
      statuses: [.badInput], example: "try it FILE"))

  private func problem(_ words: String...) -> CommandFailure? {
    do throws(CommandFailure) {
      _ = try parser.parse(words)
      return nil
    } catch {
      return error
    }
  }

  @Test func `options and operands may come in any order and either spelling`() throws {
    let arguments = try parser.parse(["a", "--sf=7", "b", "--timeout", "1.5s", "--loud", "-"])
    #expect(try arguments[Self.factor] == 7)
    #expect(try arguments[Self.wait] == .milliseconds(1500))
    #expect(arguments.has(Self.loud))
    #expect(arguments.operands == ["a", "b", "-"])
  }

  @Test func `an option that is not given has its default or nothing`() throws {
    let arguments = try parser.parse(["a"])
    #expect(try arguments[Self.factor] == 8)
    #expect(try arguments[Self.wait] == nil)
    #expect(!arguments.has(Self.loud))
  }

  @Test func `after two dashes everything is an operand`() throws {
    #expect(try parser.parse(["--", "--sf", "--help"]).operands == ["--sf", "--help"])
  }

  @Test func `a repeated option keeps its values in order`() throws {
    let one = String(repeating: "01", count: 16)
    let two = String(repeating: "02", count: 32)
    let arguments = try parser.parse(["a", "--key", one, "--key", two])
    #expect(try arguments.all(Self.key).map(\.count) == [16, 32])
  }

  @Test func `help wins over whatever else is wrong`() throws {
    #expect(try parser.parse(["--sf", "7", "--help", "--nonsense"]).has(ArgumentParser.help))
    #expect(try parser.parse(["-h"]).has(ArgumentParser.help))
  }

  @Test func `what is wrong is said with the way out and status 64`() {
    let cases: [(CommandFailure?, what: String, remedy: String)] = [
      (problem(), "try it needs FILE", "usage: interlock try it [OPTION]… FILE [MORE…]"),
      (problem("a", "--sff", "7"), "no option --sff", "did you mean --sf?"),
      (problem("a", "--sf"), "--sf has no value", "write --sf N"),
      (problem("a", "--sf", "13"), "--sf 13 does not suit", "from 5 to 12"),
      (problem("a", "--sf", "7", "--sf", "8"), "given twice", "once"),
      (problem("a", "--loud=yes"), "--loud takes no value", "alone"),
      (problem("a", "--timeout", "5 s"), "--timeout 5 s does not suit", "250ms"),
      (problem("a", "--key", "00"), "--key 00 does not suit", "16 or 32 bytes"),
    ]
    for (failure, what, remedy) in cases {
      #expect(failure?.status == .usage)
      #expect(failure?.what.contains(what) == true, "\(String(describing: failure))")
      #expect(failure?.remedy.contains(remedy) == true, "\(String(describing: failure))")
    }
  }

  @Test func `the help shows the usage, every option with its default, the statuses, an example`() {
    let help = HelpText.of(parser.declaration)
    for part in [
      "usage: interlock try it [OPTION]… FILE [MORE…]", "--sf N", "(default: 8)", "--timeout D",
      "--help", "64", "65", "interlock try it FILE",
    ] {
      #expect(help.contains(part), "\(part) is missing in:\n\(help)")
    }
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}

@Suite struct ProgramArgumentTests {
  static let loud = Option.flag("--loud", "says more")
  let declaration = CommandDeclaration(
    path: ["run"], summary: "runs it", operands: [Operand(name: "NAME", meaning: "a name")],
    program: Operand(name: "CMD", meaning: "a program", repeats: true), options: [loud.optional],
    example: "run NAME -- true")

  private func problem(_ words: String...) -> CommandFailure? {
    do throws(CommandFailure) {
      _ = try ArgumentParser(declaration: declaration).parse(words)
      return nil
    } catch {
      return error
    }
  }

  @Test func `what follows the dashes is the program's, options and dashes too`() throws {
    let arguments = try ArgumentParser(declaration: declaration)
      .parse(["a", "--loud", "--", "cmd", "--loud", "--help", "--", "x"])
    #expect(arguments.operands == ["a"])
    #expect(arguments.program == ["cmd", "--loud", "--help", "--", "x"])
  }

  @Test func `a program is never taken for an operand, nor an operand for a program`() {
    #expect(problem("--", "cmd")?.what == "run needs NAME")
    #expect(problem("a")?.what == "run needs -- and CMD")
    #expect(problem("a", "--")?.what == "run needs -- and CMD")
    #expect(problem("a", "cmd")?.what == "run does not take \"cmd\"")
  }

  @Test func `the help shows where the program stands`() {
    #expect(HelpText.usage(of: declaration) == "interlock run [OPTION]… NAME -- CMD…")
    #expect(HelpText.of(declaration).contains("CMD   a program"))
  }
}
