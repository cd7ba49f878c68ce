import { createHash } from 'node:crypto'
import ts from 'typescript'

/** A small fault in a module, which replaces the characters from `start` to `end`. */
export interface Mutant {
  start: number
  end: number
  replacement: string
  /** A description of the fault. */
  what: string
}

const { SyntaxKind } = ts

const operators = new Map<ts.SyntaxKind, string>([
  [SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [SyntaxKind.LessThanToken, '<='],
  [SyntaxKind.LessThanEqualsToken, '<'],
  [SyntaxKind.GreaterThanToken, '>='],
  [SyntaxKind.GreaterThanEqualsToken, '>'],
  [SyntaxKind.PlusToken, '-'],
  [SyntaxKind.MinusToken, '+'],
  [SyntaxKind.AsteriskToken, '/'],
  [SyntaxKind.SlashToken, '*'],
  [SyntaxKind.AmpersandAmpersandToken, '||'],
  [SyntaxKind.BarBarToken, '&&'],
  [SyntaxKind.PlusEqualsToken, '-='],
  [SyntaxKind.MinusEqualsToken, '+='],
])

/**
 * Returns all possible faults of a module: another operator, a condition that is never true, another number or boolean, a
 * missing call or a missing throw. Texts of errors are not changed, because their wording is not behaviour. Nor are the helpers that
 * the compiler adds, which are not our code.
 *
 * @param code JavaScript, as the compiler writes it
 */
export function mutantsOf(code: string): Mutant[] {
  const source = ts.createSourceFile('module.js', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const found: Mutant[] = []
  const add = (node: ts.Node, replacement: string, what: string) =>
    found.push({ start: node.getStart(source), end: node.getEnd(), replacement, what })

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || isHelper(node)) return
    if (ts.isThrowStatement(node)) {
      add(node, ';', 'throws nothing')
      return
    }
    if (ts.isBinaryExpression(node)) {
      const replacement = operators.get(node.operatorToken.kind)
      const isText = [node.left, node.right].some(ts.isStringLiteralLike) || ts.isTemplateExpression(node.right)
      const isJoin = isText && node.operatorToken.kind === SyntaxKind.PlusToken
      if (replacement !== undefined && !isJoin)
        add(node.operatorToken, replacement, `${node.operatorToken.getText(source)} is ${replacement}`)
      if (node.operatorToken.kind === SyntaxKind.QuestionQuestionToken)
        add(node, node.left.getText(source), 'no value for ??')
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken)
      add(node, `!!${node.operand.getText(source)}`, '! is left out')
    if (node.kind === SyntaxKind.TrueKeyword) add(node, 'false', 'true is false')
    if (node.kind === SyntaxKind.FalseKeyword) add(node, 'true', 'false is true')
    if (ts.isNumericLiteral(node)) add(node, `(${node.getText(source)} + 1)`, `${node.getText(source)} is 1 more`)
    if (ts.isIfStatement(node)) add(node.expression, 'false', 'a condition is never true')
    if (ts.isConditionalExpression(node)) {
      const { condition, whenTrue, whenFalse } = node
      const [first, second, third] = [condition, whenFalse, whenTrue].map((part) => part.getText(source))
      add(node, `${first} ? ${second} : ${third}`, 'the parts of ?: are swapped')
    }
    if (ts.isExpressionStatement(node) && isCall(node.expression) && !isSuper(node.expression))
      add(node, ';', 'a call is left out')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Reports whether the compiler has added this declaration, for example `var __rewriteRelativeImportExtension = …`. */
function isHelper(node: ts.Node): boolean {
  return (
    ts.isVariableStatement(node) && node.declarationList.declarations.some(({ name }) => /^__/.test(name.getText()))
  )
}

function isCall(node: ts.Expression): node is ts.CallExpression | ts.AwaitExpression {
  return ts.isCallExpression(ts.isAwaitExpression(node) ? node.expression : node)
}

function isSuper(node: ts.CallExpression | ts.AwaitExpression): boolean {
  return ts.isCallExpression(node) && node.expression.kind === SyntaxKind.SuperKeyword
}

/** Returns the code with a fault in it. */
export function withMutant(code: string, { start, end, replacement }: Mutant): string {
  return code.slice(0, start) + replacement + code.slice(end)
}

/** Returns up to `count` items, always the same ones for a seed. */
export function sampleOf<Item>(
  items: readonly Item[],
  count: number,
  seed: number,
  keyOf: (item: Item) => string,
): Item[] {
  const hash = (item: Item) =>
    createHash('sha256')
      .update(`${seed} ${keyOf(item)}`)
      .digest('hex')
  return items
    .map((item) => ({ item, order: hash(item) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, count)
    .map(({ item }) => item)
}
