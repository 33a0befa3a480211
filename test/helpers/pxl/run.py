"""Runs a PxL script as far as Python can: against stubs of px and pxtrace that write down what it deploys and displays.

Reads {script, tables, pods, now, calls} from stdin as JSON, and prints what happened as JSON. PxL is a small part of
Python, and Pixie has few of its functions: what is not in here is an error, as it would be there.
"""

import ast
import json
import math
import operator
import re
import sys
import types

STATEMENTS = (ast.Import, ast.Assign, ast.Expr, ast.FunctionDef, ast.Return)
EXPRESSIONS = (ast.Attribute, ast.BinOp, ast.Call, ast.Compare, ast.Constant, ast.Dict, ast.List, ast.Name,
               ast.Subscript, ast.Tuple, ast.UnaryOp)


def check(tree):
    """Refuses what Python can but Pixie's compiler cannot (carnot/planner/compiler/ast_visitor.cc)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, STATEMENTS):
            raise SyntaxError(f'PxL has no {type(node).__name__} (line {node.lineno})')
        if isinstance(node, ast.expr) and not isinstance(node, EXPRESSIONS):
            raise SyntaxError(f'PxL has no {type(node).__name__} (line {node.lineno})')
        if isinstance(node, ast.Assign) and len(node.targets) != 1:
            raise SyntaxError(f'PxL assigns to one target (line {node.lineno})')
        if isinstance(node, ast.FunctionDef):
            args = node.args
            if args.defaults or args.kwonlyargs or args.vararg or args.kwarg or len(node.decorator_list) > 1:
                raise SyntaxError(f'PxL functions have plain parameters and one decorator (line {node.lineno})')


class Column(list):
    """The values of one column. Operations go value by value."""

    def zip(self, op, other):
        others = other if isinstance(other, Column) else [other] * len(self)
        return Column(op(a, b) for a, b in zip(self, others, strict=True))

    __add__ = lambda self, other: self.zip(operator.add, other)
    __sub__ = lambda self, other: self.zip(operator.sub, other)
    __truediv__ = lambda self, other: self.zip(operator.truediv, other)
    __eq__ = lambda self, other: self.zip(operator.eq, other)
    __gt__ = lambda self, other: self.zip(operator.gt, other)
    __ge__ = lambda self, other: self.zip(operator.ge, other)


class DataFrame:
    def __init__(self, table, start_time=None):
        if table not in run.tables:
            raise LookupError(f"Table '{table}' not found.")
        given = run.tables[table]
        start = parse_time(start_time)
        rows = [row for row in given['rows'] if row[given['columns'].index('time_')] >= start]
        self.__dict__['columns'] = {
            name: Column(row[index] for row in rows) for index, name in enumerate(given['columns'])
        }

    @property
    def ctx(self):
        pods = Column(run.pods[upid] for upid in self.upid)
        return {'pod': pods}

    def __getattr__(self, name):
        if name not in self.columns:
            raise LookupError(f"Column '{name}' not found in {list(self.columns)}")
        return self.columns[name]

    def __setattr__(self, name, value):
        height = len(next(iter(self.columns.values())))
        column = value if isinstance(value, Column) else Column([value] * height)
        self.__dict__['columns'] = {**self.columns, name: column}

    def __getitem__(self, key):
        if isinstance(key, Column):
            return frame({name: Column(v for v, keep in zip(c, key) if keep) for name, c in self.columns.items()})
        return frame({name: getattr(self, name) for name in key})

    def groupby(self, keys):
        return Group(self, [keys] if isinstance(keys, str) else keys)

    def append(self, others):
        if any(list(other.columns) != list(self.columns) for other in others):
            raise TypeError('append takes tables of the same columns')
        rows = sorted((row for df in [self, *others] for row in rows_of(df)), key=lambda row: row['time_'])
        return frame({name: Column(row[name] for row in rows) for name in self.columns})

    def merge(self, right, how, left_on, right_on, suffixes):
        if how != 'inner':
            raise NotImplementedError(how)
        pairs = [(a, b) for a in rows_of(self) for b in rows_of(right) if a[left_on] == b[right_on]]
        named = {name + (suffixes[1] if name in self.columns else ''): name for name in right.columns}
        return frame({
            **{name: Column(a[name] for a, _ in pairs) for name in self.columns},
            **{new: Column(b[name] for _, b in pairs) for new, name in named.items()},
        })


class Group:
    def __init__(self, df, keys):
        self.df, self.keys = df, keys

    def agg(self, **wanted):
        groups = {}
        for row in rows_of(self.df):
            groups.setdefault(tuple(row[key] for key in self.keys), []).append(row)
        return frame({
            **{key: Column(group[index] for group in groups) for index, key in enumerate(self.keys)},
            **{
                name: Column(how([row[column] for row in rows]) for rows in groups.values())
                for name, (column, how) in wanted.items()
            },
        })


def frame(columns):
    df = DataFrame.__new__(DataFrame)
    df.__dict__['columns'] = columns
    return df


def rows_of(df):
    return [dict(zip(df.columns, row)) for row in zip(*df.columns.values())]


def parse_duration(text):
    sign, number, unit = re.fullmatch(r'(-?)(\d+)(ms|s|m|h|d)', text).groups()
    scale = {'ms': 10**6, 's': 10**9, 'm': 60 * 10**9, 'h': 3600 * 10**9, 'd': 86400 * 10**9}[unit]
    return (-1 if sign else 1) * int(number) * scale


def parse_time(given):
    if given is None:
        return -math.inf
    return run.now + parse_duration(given) if isinstance(given, str) else given


def per_value(function):
    def apply(value, *more):
        return Column(function(v, *more) for v in value) if isinstance(value, Column) else function(value, *more)

    return apply


def display(df, name='output'):
    if name in run.displays:
        raise KeyError(f"'{name}' is displayed twice")
    run.displays[name] = {'columns': list(df.columns), 'rows': [list(row.values()) for row in rows_of(df)]}


def udtf(*columns):
    return lambda: frame({name: Column([value]) for name, value in columns})


class Expression(dict):
    pass


def probe(symbol):
    def decorate(function):
        def program():
            columns = [[name, dict(taken)] for column in function() for name, taken in column.items()]
            if not all(isinstance(taken, Expression) for column in function() for taken in column.values()):
                raise TypeError('a column holds an expression of pxtrace')
            return {'symbol': symbol, 'columns': columns}

        return program

    return decorate


def upsert(name, table_name, probe_fn, target, ttl):
    if any(known['name'] == name for known in run.upserts):
        raise KeyError(f"tracepoint with name '{name}', already used")
    run.upserts.append({'name': name, 'table': table_name, 'target': target, 'ttl': ttl, **probe_fn()})


def module(name, **members):
    made = types.ModuleType(name)
    vars(made).update(members)
    sys.modules[name] = made


run = types.SimpleNamespace(**json.load(sys.stdin), upserts=[], deletes=[], displays={})

module(
    'px',
    DataFrame=DataFrame,
    DurationNanos=lambda ns: ns,
    GetAgentStatus=udtf(('agent_id', 'a'), ('agent_state', 'AGENT_STATE_HEALTHY'), ('kernel_headers_installed', True)),
    GetTracepointStatus=udtf(('tracepoint_id', 't'), ('name', 'n'), ('state', 'running'), ('status', '[]')),
    Pod=str,
    Version=udtf(('asid', 1), ('version', '0')),
    abs=per_value(abs),
    bin=per_value(lambda value, size: value - value % size),
    ceil=per_value(math.ceil),
    count=len,
    display=display,
    max=max,
    mean=lambda values: sum(values) / len(values),
    now=lambda: run.now,
    parse_duration=parse_duration,
    sum=sum,
)
module(
    'pxtrace',
    ArgExpr=lambda expression: Expression(of='argument', expression=expression),
    DeleteTracepoint=run.deletes.append,
    FunctionLatency=lambda: Expression(of='latency'),
    PodProcess=lambda pod_name, container_name='', process_name='': [pod_name, container_name, process_name],
    RetExpr=lambda expression: Expression(of='result', expression=expression),
    UpsertTracepoint=upsert,
    probe=probe,
)

tree = ast.parse(run.script)
check(tree)
names = {}
exec(compile(tree, 'script', 'exec'), names)
results = {}
for function, arguments in run.calls:
    df = names[function](**arguments)
    results[function] = {'columns': list(df.columns), 'rows': [list(row.values()) for row in rows_of(df)]}
variables = {name: value for name, value in names.items() if isinstance(value, str) and not name.startswith('__')}
print(json.dumps({
    'upserts': run.upserts, 'deletes': run.deletes, 'displays': run.displays, 'results': results,
    'variables': variables,
}))
