"""How long a file's functions are: exact for Python, a heuristic for formatted C++ and shell."""
import ast
import re

_COMMENTS_AND_LITERALS = re.compile(
    r"""//[^\n]* | /\*.*?\*/
    | R"(?P<tag>[^\s()]*)\(.*?\)(?P=tag)"
    | "(?:\\.|[^"\\\n])*"
    | (?<!\w)'(?:\\.|[^'\\\n])+'""",
    re.DOTALL | re.VERBOSE,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_TYPE_OR_NAMESPACE = re.compile(
    r"^\s*(?:template\s*<.*>\s*)?"
    r"(?:(?:inline\s+)?namespace|extern\s*$|class|struct|union|enum)\b",
    re.DOTALL,
)
_FUNCTION_NAME = re.compile(r"([\w:~]+|operator\s*\S+?)\s*\(")
# What precedes a brace that holds values, not code.
_INITIALISER = re.compile(r"(?:\S|[=(,]\s+|\breturn\s+)$")


def _blank(match):
    """As many line breaks as the match had, and nothing a parser would look at."""
    return "\n" * match[0].count("\n")


def cpp_functions(text):
    """Yields (name, line count, first line's number) of each function that lies in no other."""
    text = _DIRECTIVE.sub(_blank, _COMMENTS_AND_LITERALS.sub(_blank, text))
    line, statement, statement_line = 1, "", 1
    # Per open brace: "scope" (namespace, type), "values", or the function's (name, first line).
    scopes = []
    for character in text:
        inside = any(isinstance(scope, tuple) for scope in scopes)
        if character == "\n":
            line += 1
        if character == "{":
            if inside or _INITIALISER.search(statement):
                scopes.append("values")
                continue
            if not _TYPE_OR_NAMESPACE.match(statement) and "(" in statement:
                name = _FUNCTION_NAME.search(statement)
                scopes.append((name[1] if name else "lambda", statement_line))
            else:
                scopes.append("scope")
            statement = ""
        elif character == "}" and scopes:
            closed = scopes.pop()
            if isinstance(closed, tuple):
                yield closed[0], line - closed[1] + 1, closed[1]
            if closed != "values":
                statement = ""
        elif character == ";" and not inside and "values" not in scopes:
            statement = ""
        elif not inside:
            if not statement.strip():
                statement_line = line
            statement += character


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.end_lineno - node.lineno + 1, node.lineno


def shell_functions(text):
    name, first = None, 0
    for number, line in enumerate(text.splitlines(), start=1):
        opening = re.match(r"(?:function\s+)?([\w-]+)\s*(?:\(\))?\s*\{\s*$", line)
        if opening:
            name, first = opening[1], number
        elif line.rstrip() == "}" and name:
            yield name, number - first + 1, first
            name = None


def functions(path):
    parse = {".py": python_functions, ".sh": shell_functions}.get(path.suffix, cpp_functions)
    return list(parse(path.read_text()))
