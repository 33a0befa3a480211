"""Reads PxL scripts, a line of JSON each, and answers with what each asks for: a plan, or a compiler's error.

PxL looks like Python and is less: the statements and expressions below are all that Pixie's compiler takes
(src/carnot/planner/compiler/ast_visitor.cc). What is left is run by Python itself, against stubs of px and pxtrace
that only write down what is asked of them.
"""
import ast
import builtins
import json
import re
import sys

FILE = '<pxl>'
STATEMENTS = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign, ast.FunctionDef, ast.Return)
EXPRESSIONS = (ast.Attribute, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Dict, ast.List, ast.Name,
               ast.Constant, ast.Subscript, ast.Tuple, ast.UnaryOp)
DURATIONS = {'ms': 10**6, 's': 10**9, 'm': 60 * 10**9, 'h': 3600 * 10**9, 'd': 86400 * 10**9}


class CompilerError(Exception):
    def __init__(self, message, at=None):
        super().__init__(message)
        self.at = at


def position(frame):
    """Where in the script a frame is: the innermost one that is the script's own."""
    while frame is not None and frame.f_code.co_filename != FILE:
        frame = frame.f_back
    if frame is None:
        return (1, 1)
    if not hasattr(frame.f_code, 'co_positions'):
        return (frame.f_lineno, 1)
    line, _, column, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    return (line or frame.f_lineno, (column or 0) + 1)


def fail(message):
    raise CompilerError(message, position(sys._getframe(1)))


def duration(text):
    found = re.fullmatch(r'(-?[0-9]+)(ms|m|s|h|d)', text)
    if found is None:
        fail(f"Failed to parse duration '{text}'")
    return int(found[1]) * DURATIONS[found[2]]


class Expr:
    """A value that is known only when the query runs."""

    def __init__(self, plan):
        self.plan = plan

    def __bool__(self):
        fail('an expression has no truth value before the query runs')

    __hash__ = None


def operator(name, swapped=False):
    def apply(self, other):
        args = [as_expr(other), self.plan] if swapped else [self.plan, as_expr(other)]
        return Expr({'fn': name, 'args': args})
    return apply


for dunder, name in (('eq', '=='), ('ne', '!='), ('lt', '<'), ('le', '<='), ('gt', '>'), ('ge', '>='), ('add', '+'),
                     ('sub', '-'), ('mul', '*'), ('truediv', '/'), ('mod', '%')):
    setattr(Expr, f'__{dunder}__', operator(name))
    if name in '+-*/%':
        setattr(Expr, f'__r{dunder}__', operator(name, swapped=True))


def as_expr(value):
    if isinstance(value, Expr):
        return value.plan
    if isinstance(value, bool):
        return {'type': 'boolean', 'value': value}
    if isinstance(value, int):
        return {'type': 'int64', 'value': str(value)}
    if isinstance(value, float):
        return {'type': 'float64', 'value': value}
    if isinstance(value, str):
        return {'type': 'string', 'value': value}
    return fail(f"Expected an expression, got {type(value).__name__}")


class Context:
    def __getitem__(self, key):
        return Expr({'ctx': key})

    def __getattr__(self, key):
        return Expr({'ctx': key})


class DataFrame:
    def __init__(self, table, select=None, start_time=None, end_time=None, _source=None):
        if _source is None:
            if not isinstance(table, str):
                fail(f"Expected 'table' to be a String, received {type(table).__name__}")
            line, column = position(sys._getframe(1))
            _source = {'kind': 'table', 'table': table, 'line': line, 'column': column,
                       'select': None if select is None else list(select),
                       'start': None if start_time is None else as_expr(start_time),
                       'end': None if end_time is None else as_expr(end_time)}
        self.__dict__['_plan'] = {'source': _source, 'ops': []}
        self.__dict__['ctx'] = Context()

    def _with(self, op):
        line, column = position(sys._getframe(2))
        frame = DataFrame(None, _source=self._plan['source'])
        frame._plan['ops'] = self._plan['ops'] + [{**op, 'line': line, 'column': column}]
        return frame

    def __getattr__(self, name):
        return Expr({'col': name})

    def __setattr__(self, name, value):
        line, column = position(sys._getframe(1))
        self._plan['ops'] = self._plan['ops'] + [
            {'op': 'map', 'name': name, 'value': as_expr(value), 'line': line, 'column': column}]

    def __setitem__(self, name, value):
        line, column = position(sys._getframe(1))
        self._plan['ops'] = self._plan['ops'] + [
            {'op': 'map', 'name': name, 'value': as_expr(value), 'line': line, 'column': column}]

    def __getitem__(self, key):
        if isinstance(key, str):
            return Expr({'col': key})
        if isinstance(key, (list, tuple)):
            return self._with({'op': 'select', 'columns': list(key)})
        if isinstance(key, Expr):
            return self._with({'op': 'filter', 'value': key.plan})
        return fail(f"subscript argument must have a list of strings or expression. '{type(key).__name__}' not allowed")

    def head(self, n=5):
        return self._with({'op': 'head', 'rows': n})

    def drop(self, columns):
        return self._with({'op': 'drop', 'columns': [columns] if isinstance(columns, str) else list(columns)})

    def append(self, objs):
        others = objs if isinstance(objs, (list, tuple)) else [objs]
        return self._with({'op': 'append', 'frames': [other._plan for other in others]})

    def merge(self, right, how, left_on, right_on, suffixes=('_x', '_y')):
        if how not in ('inner', 'left'):
            fail(f"the stand-in does not merge as '{how}'")
        keys = [[on] if isinstance(on, str) else list(on) for on in (left_on, right_on)]
        return self._with({'op': 'merge', 'right': right._plan, 'how': how, 'leftOn': keys[0], 'rightOn': keys[1],
                           'suffixes': list(suffixes)})

    def groupby(self, by):
        return Group(self, [by] if isinstance(by, str) else list(by))

    def agg(self, **outputs):
        return Group(self, []).agg(**outputs)


class Group:
    def __init__(self, frame, by):
        self.frame, self.by = frame, by

    def agg(self, **outputs):
        columns = [{'name': name, 'of': of[0], 'fn': of[1].name} for name, of in outputs.items()]
        return self.frame._with({'op': 'agg', 'by': self.by, 'outputs': columns})


class Px:
    """The module px. A function that only the query's run can answer becomes part of the plan."""
    UDTFS = {'GetTracepointStatus': (), 'GetAgentStatus': ('include_kelvin',), 'Version': (), 'GetTables': ()}
    SCALARS = ('now', 'upid_to_pid', 'upid_to_asid', 'upid_to_pod_name', 'upid_to_namespace', 'upid_to_node_name',
               'upid_to_container_name', 'upid_to_string', 'upid_to_start_ts', 'int64_to_time', 'time_to_int64', 'bin',
               'abs', 'ceil', 'floor', 'parse_duration')
    AGGREGATES = ('sum', 'count', 'mean', 'min', 'max')
    TYPES = ('Pod', 'Service', 'Namespace', 'Node', 'Container', 'Time', 'UPID')
    UNITS = {'nanoseconds': 1, 'microseconds': 10**3, 'milliseconds': 10**6, 'seconds': 10**9, 'minutes': 60 * 10**9,
             'hours': 3600 * 10**9, 'days': 86400 * 10**9}

    def __init__(self, plan, functions_only):
        self._plan, self._functions_only = plan, functions_only

    DataFrame = DataFrame

    def display(self, df, name='output'):
        if not isinstance(df, DataFrame):
            fail(f"Expected 'DataFrame', got {type(df).__name__}")
        if not self._functions_only:
            self._show(df, name)

    def _show(self, df, name):
        taken = {shown['name'] for shown in self._plan['displays']}
        unique, attempt = name, 0
        while unique in taken:
            attempt += 1
            unique = f'{name}_{attempt}'
        self._plan['displays'].append({'name': unique, 'frame': dict(df._plan)})

    def DurationNanos(self, ns):
        return ns

    def uint128(self, text):
        return Upid(text)

    def __getattr__(self, name):
        if name in self.UNITS:
            return lambda amount: amount * self.UNITS[name]
        if name in self.TYPES:
            return str
        if name in self.UDTFS:
            return Udtf(name, self.UDTFS[name])
        if name in self.SCALARS or name in self.AGGREGATES:
            return Function(name)
        return fail(f"'px' object has no attribute '{name}'")


class Upid:
    def __init__(self, text):
        self.text = text


class Udtf:
    def __init__(self, name, parameters):
        self.name, self.parameters = name, parameters

    def __call__(self, *values, **named):
        args = {**dict(zip(self.parameters, values)), **named}
        for unknown in set(args) - set(self.parameters):
            fail(f"{self.name}() got an unexpected keyword argument '{unknown}'")
        line, column = position(sys._getframe(1))
        return DataFrame(None, _source={'kind': 'udtf', 'name': self.name, 'args': args, 'line': line, 'column': column})


class Function:
    def __init__(self, name):
        self.name = name

    def __call__(self, *args):
        return Expr({'fn': self.name, 'args': [as_expr(arg) for arg in args]})


class Pxtrace:
    """The module pxtrace."""

    def __init__(self, plan):
        self._plan, self._probing = plan, None

    def probe(self, fn_name):
        def decorate(function):
            return Probe(self, fn_name, function)
        return decorate

    def ArgExpr(self, expr):
        return self._variable('argument', expr)

    def RetExpr(self, expr):
        return self._variable('result', expr)

    def FunctionLatency(self):
        return self._variable('latency', '')

    def _variable(self, of, expr):
        if self._probing is None:
            fail('Missing current probe')
        return Variable(of, expr)

    def UpsertTracepoint(self, name, table_name, probe_fn, target, ttl):
        if not isinstance(probe_fn, Probe):
            fail('the stand-in places probes of functions alone')
        if not isinstance(target, PodProcess):
            fail('the stand-in takes a PodProcess for a target, nothing else')
        self._plan['mutations'].append({'kind': 'upsert', 'name': name, 'table': table_name, 'ttlNs': str(duration(ttl)),
                                        'program': probe_fn.program(), 'target': target.plan})

    def DeleteTracepoint(self, name):
        self._plan['mutations'].append({'kind': 'delete', 'name': name})

    def PodProcess(self, pod_name, container_name='', process_name=''):
        return PodProcess({'pod': pod_name, 'container': container_name, 'process': process_name})

    def __getattr__(self, name):
        return fail(f"'pxtrace' object has no attribute '{name}'")


class PodProcess:
    def __init__(self, plan):
        self.plan = plan


class Variable:
    def __init__(self, of, expression):
        self.of, self.expression = of, expression


class Probe:
    def __init__(self, module, symbol, function):
        self.module, self.symbol, self.function = module, symbol, function

    def program(self):
        self.module._probing = self
        try:
            returned = self.function()
        finally:
            self.module._probing = None
        if returned is None:
            fail('Improper probe definition: missing output spec of probe, add a return statement')
        if not isinstance(returned, (list, tuple)):
            fail(f'Unable to parse probe output definition. Expected Collection, received {type(returned).__name__}')
        outputs = []
        for item in returned:
            if not isinstance(item, dict):
                fail(f'Expected Dict, got {type(item).__name__}')
            for column, value in item.items():
                if not isinstance(value, Variable):
                    fail(f'Expected TracingVariable, got {type(value).__name__}')
                outputs.append({'column': column, 'of': value.of, 'expression': value.expression})
        return {'symbol': self.symbol, 'outputs': outputs}


class Narrow(ast.NodeTransformer):
    """Refuses what is Python and not PxL, and makes `and`, `or` and `not` parts of the plan."""

    def visit(self, node):
        at = (getattr(node, 'lineno', 1), getattr(node, 'col_offset', 0) + 1)
        kind = type(node).__name__
        if isinstance(node, ast.stmt) and not isinstance(node, STATEMENTS):
            raise CompilerError(f"Can't parse expression of type {kind}", at)
        if isinstance(node, ast.expr) and not isinstance(node, EXPRESSIONS):
            raise CompilerError(f"Expression node '{kind}' not defined", at)
        if isinstance(node, ast.Assign) and len(node.targets) != 1:
            raise CompilerError('We only support single target assignment.', at)
        if isinstance(node, ast.arguments) and (node.defaults or node.kw_defaults):
            default = (node.defaults + node.kw_defaults)[0]
            raise CompilerError('default values not supported in function definitions',
                                (default.lineno, default.col_offset + 1))
        node = self.generic_visit(node)
        if isinstance(node, ast.BoolOp):
            name = 'and' if isinstance(node.op, ast.And) else 'or'
            call = ast.Call(ast.Name('__logical__', ast.Load()), [ast.Constant(name), *node.values], [])
            return ast.fix_missing_locations(ast.copy_location(call, node))
        return node


def logical(name, first, *others):
    result = first
    for other in others:
        result = Expr({'fn': name, 'args': [as_expr(result), as_expr(other)]})
    return result


def argument(function, parameter, text):
    name, annotation = parameter.arg, parameter.annotation
    if annotation is None:
        raise CompilerError(f"Arg type annotation required. Function: '{function}', arg: '{name}'",
                            (parameter.lineno, parameter.col_offset + 1))
    kind = ast.unparse(annotation)
    try:
        if kind == 'int':
            return int(text)
        if kind == 'float':
            return float(text)
        if kind == 'bool':
            return {'true': True, 'false': False}[text.lower()]
        return text
    except (ValueError, KeyError):
        kind = {'int': 'int64', 'float': 'float64'}.get(kind, kind)
        raise CompilerError(f"Failed to parse arg with value '{text}' as {kind}.",
                            (parameter.lineno, parameter.col_offset + 1)) from None


def run_functions(tree, scope, px, functions):
    definitions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for wanted in functions:
        name, prefix = wanted['name'], wanted['prefix']
        if name not in definitions:
            raise CompilerError(f"Function to execute, '{name}', not found.", (1, 1))
        parameters = {parameter.arg: parameter for parameter in definitions[name].args.args}
        for given in wanted['args']:
            if given not in parameters:
                raise CompilerError(f"Function '{name}' does not have an argument called '{given}'",
                                    (definitions[name].lineno, 1))
        values = {given: argument(name, parameters[given], text) for given, text in wanted['args'].items()}
        missing = [parameter for parameter in parameters if parameter not in values]
        if missing:
            raise CompilerError(f"{name}() missing 1 required positional arguments '{missing[0]}'",
                                (definitions[name].lineno, 1))
        result = scope[name](**values)
        frames = result if isinstance(result, (list, tuple)) else [result]
        for index, frame in enumerate(frames):
            if not isinstance(frame, DataFrame):
                raise CompilerError(f"Function '{name}' returns '{type(frame).__name__}' but should return a DataFrame.",
                                    (definitions[name].lineno, 1))
            px._show(frame, prefix if frame is result else f'{prefix}[{index}]')


def plan_of(script, functions):
    if not script:
        return {'error': {'message': 'Query should not be empty.'}}
    plan = {'mutations': [], 'displays': []}
    px = Px(plan, functions_only=len(functions) > 0)
    modules = {'px': px, 'pxtrace': Pxtrace(plan)}

    def load(name, globals=None, locals=None, fromlist=(), level=0):
        if name not in modules:
            fail(f"ModuleNotFoundError: No module named '{name}'")
        return modules[name]

    known = {name: getattr(builtins, name) for name in ('str', 'int', 'float', 'bool', 'list', 'abs', 'len', 'min', 'max')}
    scope = {'__builtins__': {**known, '__import__': load}, '__logical__': logical}
    try:
        source = ast.parse(script, FILE)
        if not [node for node in source.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]:
            raise CompilerError('No runnable code found', (1, 1))
        tree = Narrow().visit(source)
        exec(compile(tree, FILE, 'exec'), scope)
        run_functions(tree, scope, px, functions)
        return plan
    except SyntaxError as error:
        line, column, message = error.lineno or 1, error.offset or 1, f'SyntaxError: {error.msg}'
    except CompilerError as error:
        (line, column), message = error.at or (1, 1), str(error)
    except RecursionError:
        line, column, message = 1, 1, 'Maximum call depth exceeded'
    except Exception as error:
        (line, column), message = deepest(error), str(error).replace('.__init__()', '()')
    return {'error': {'line': line, 'column': column, 'message': message}}


def deepest(error):
    """Where in the script an exception of Python's own was raised."""
    at, trace = (1, 1), error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line, column = trace.tb_lineno, 1
            if hasattr(trace.tb_frame.f_code, 'co_positions'):
                _, _, offset, _ = list(trace.tb_frame.f_code.co_positions())[trace.tb_lasti // 2]
                column = (offset or 0) + 1
            at = (line, column)
        trace = trace.tb_next
    return at


for line in sys.stdin:
    request = json.loads(line)
    answer = plan_of(request['script'], request['functions'])
    print(json.dumps({'id': request['id'], **answer}), flush=True)
