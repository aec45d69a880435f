#!/usr/bin/env python3
"""Runs the tasks of bench/geometry in SymPy, Sage (fields of fractions) and Maxima (ctensor), if installed.

geometry-peers.py BENCH [SECONDS [TASK...]]: BENCH is the program bench/geometry, SECONDS the limit for each run (60).
Each peer gets the same metric, as text, and computes inverse, Christoffel symbols, Riemann, Ricci and scalar curvature,
fully simplified; or Lie derivatives of the metric; or the co-metric of a quotient first. Reported are CPU seconds
without start-up and reading, the ratio to ours, and the peak memory of the process. A task that starts from a
co-metric is given to peers as the metric of the task before it.
"""
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time


def load(path):
    p = {'vars': [], 'n': 0, 'g': {}, 'xi': {}, 'pi': []}
    for line in open(path):
        key, rest = line.split(' ', 1)
        if key == 'vars':
            p['vars'] = rest.split()
        elif key == 'n':
            p['n'] = int(rest)
        elif key == 'pi':
            p['pi'].append(rest.split(' ', 1)[1].strip())
        else:
            i, j, e = rest.split(' ', 2)
            if key == 'g':
                p['g'][int(i), int(j)] = p['g'][int(j), int(i)] = e.strip()
            else:
                p['xi'].setdefault(int(i), {})[int(j)] = e.strip()
    return p


def done(begin):
    print('SECONDS %.6f' % (time.process_time() - begin))


# The same algorithm over a field of fractions: one entry a class of symmetry.

def curvature(g, n, diff, inverse, half, zero):
    up = inverse(g)
    r = range(n)
    d = [[[diff(g[i][j], k) for j in r] for i in r] for k in r]
    low = [[[half * (d[i][m][j] + d[j][m][i] - d[m][i][j]) for j in r] for i in r] for m in r]
    gamma = [[[sum((up[m][k] * low[k][i][j] for k in r), zero) if j >= i else None for j in r]
              for i in r] for m in r]
    for m in r:
        for i in r:
            for j in range(i):
                gamma[m][i][j] = gamma[m][j][i]
    pairs = [(i, j) for i in r for j in range(i + 1, n)]
    riemann = {}
    for a, (i, j) in enumerate(pairs):
        for k, l in pairs[a:]:
            e = half * (diff(d[k][i][l], j) + diff(d[l][j][k], i) - diff(d[l][i][k], j) - diff(d[k][j][l], i))
            e += sum((low[m][j][k] * gamma[m][i][l] - low[m][j][l] * gamma[m][i][k] for m in r), zero)
            riemann[(i, j), (k, l)] = riemann[(k, l), (i, j)] = e

    def entry(i, j, k, l):
        if i == j or k == l:
            return zero
        s = (1 if i < j else -1) * (1 if k < l else -1)
        return s * riemann[(min(i, j), max(i, j)), (min(k, l), max(k, l))]

    ricci = [[sum((up[i][k] * entry(i, j, k, l) for i in r for k in r), zero) for l in r] for j in r]
    return sum((up[i][j] * ricci[i][j] for i in r for j in r), zero)


def work(p, convert, diff, inverse, half, at_one):
    """Everything after reading; convert reads a text, at_one sets the last coordinate to 1."""
    n, zero = p['n'], convert('0')
    g = [[convert(p['g'].get((i, j), '0')) for j in range(n)] for i in range(n)]
    xi = [[convert(f.get(i, '0')) for i in range(n)] for f in p['xi'].values()]
    invariants = [convert(e) for e in p['pi']]
    begin = time.process_time()
    for x in xi:
        for i in range(n):
            for j in range(i, n):
                e = sum((x[k] * diff(g[i][j], k) + g[k][j] * diff(x[k], i) + g[i][k] * diff(x[k], j)
                         for k in range(n)), zero)
                assert e == 0
    if invariants:
        up = inverse(g)
        jacobian = [[diff(f, i) for i in range(n)] for f in invariants]
        gram = [[at_one(sum((a[i] * up[i][j] * b[j] for i in range(n) for j in range(n)), zero))
                 for b in jacobian] for a in jacobian]
        print(curvature(inverse(gram), len(gram), diff, inverse, half, zero))
    elif not xi:
        print(curvature(g, n, diff, inverse, half, zero))
    done(begin)


def in_field(text):
    """Integers become elements of the field, except in exponents."""
    return re.sub(r'(\*\*)?(?<![\w.])(\d+)', lambda m: m.group(0) if m.group(1) else 'Q(%s)' % m.group(2),
                  text.replace('^', '**'))


def sympy_child(path):
    import sympy
    from sympy.polys.matrices import DomainMatrix
    p = load(path)
    field, *gens = sympy.field(p['vars'], sympy.QQ)
    names = dict(zip(p['vars'], gens), Q=lambda a: field(sympy.QQ(a)))
    last = gens[p['n'] - 1].numer

    def inverse(g):
        return DomainMatrix(g, (len(g), len(g)), field.to_domain()).inv().to_list()

    work(p, lambda t: field(eval(in_field(t), names)), lambda e, k: e.diff(gens[k]), inverse,
         field(sympy.QQ(1, 2)), lambda e: field(e.numer.subs(last, 1)) / field(e.denom.subs(last, 1)))


def sage_child(path):
    from sage.all import QQ, PolynomialRing, FractionField, matrix, sage_eval
    p = load(path)
    ring = PolynomialRing(QQ, p['vars'])
    field, gens = FractionField(ring), ring.gens()
    names = dict(zip(p['vars'], map(field, gens)))
    work(p, lambda t: field(sage_eval(t, locals=names)), lambda e, k: e.derivative(gens[k]),
         lambda g: [list(row) for row in matrix(field, g).inverse()], field(QQ(1) / 2),
         lambda e: e.subs({gens[p['n'] - 1]: 1}))


def maxima_input(p):
    n = p['n']
    rows = ','.join('[' + ','.join(p['g'].get((i, j), '0') for j in range(n)) + ']' for i in range(n))
    out = ['load(ctensor)$', 'zzu:?internal\\-time\\-units\\-per\\-second$', 'zzg:matrix(%s)$' % rows,
           'zzx:[%s]$' % ','.join(p['vars'][:n]), 'zzt:?get\\-internal\\-run\\-time()$']
    for f in p['xi'].values():
        out += ['zzf:[%s]$' % ','.join(f.get(i, '0') for i in range(n)),
                'for i thru %d do for j:i thru %d do if ratsimp(sum(zzf[k]*diff(zzg[i,j],zzx[k])'
                '+zzg[k,j]*diff(zzf[k],zzx[i])+zzg[i,k]*diff(zzf[k],zzx[j]),k,1,%d))#0 then print(concat("WR","ONG"))$'
                % (n, n, n)]
    if p['pi']:
        out += ['zzp:[%s]$' % ','.join(p['pi']),
                'zzj:genmatrix(lambda([i,k],diff(zzp[i],zzx[k])),%d,%d)$' % (len(p['pi']), n),
                'zzg:ratsimp(invert(subst(%s=1,ratsimp(zzj.invert(zzg).transpose(zzj)))))$' % p['vars'][n - 1]]
    if p['pi'] or not p['xi']:
        dim = len(p['pi']) or n
        out += ['ratfac:true$', 'ratchristof:true$', 'ratriemann:true$', 'rateinstein:true$', 'dim:%d$' % dim,
                'ct_coords:rest(zzx,%d)$' % (dim - n), 'lg:zzg$', 'cmetric(false)$', 'christof(false)$',
                'riemann(false)$', 'ricci(false)$', 'print(ratsimp(scurvature()))$', 'lriemann(false)$']
    out.append('print(concat("SECONDS ",float((?get\\-internal\\-run\\-time()-zzt)/zzu)))$')
    return '\n'.join(out) + '\n'


def find_peers():
    """(name, version, command) with command(path of the problem) as a list; None for what is absent."""
    peers = []
    python = next((p for p in ('python3', '/usr/bin/python3') if shutil.which(p) and subprocess.run(
        [p, '-c', 'import sympy'], capture_output=True).returncode == 0), None)
    version = python and subprocess.run([python, '-c', 'import sympy; print(sympy.__version__)'],
                                        capture_output=True, text=True).stdout.strip()
    peers.append(('SymPy', version, python and (lambda path: [python, __file__, '--child', 'sympy', path])))
    maxima = shutil.which('maxima')
    version = maxima and subprocess.run([maxima, '--version'], capture_output=True, text=True).stdout.split()[-1]
    if maxima and 'not found' in subprocess.run([maxima, '--very-quiet', '--batch-string=load(ctensor)$'],
                                                capture_output=True, text=True).stdout:
        maxima = None  # without its shared packages
    peers.append(('Maxima', version, maxima and (lambda path: [maxima, '--very-quiet', '-b', path + '.mac'])))
    sage = shutil.which('sage')
    version = sage and subprocess.run([sage, '--version'], capture_output=True, text=True).stdout.strip()
    peers.append(('Sage', version, sage and
                  (lambda path: [sage, '-python', __file__, '--child', 'sage', path])))
    return peers


def limited(seconds):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    return limit


def run(command, seconds):
    """(what to print before the number, CPU seconds, megabytes)"""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                 preexec_fn=limited(seconds))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        out.seek(0)
        text = out.read().decode(errors='replace')
    found = re.findall(r'SECONDS ([\d.e-]+)', text)
    megabytes = usage.ru_maxrss // 1024
    if found and 'WRONG' not in text:
        return '', float(found[-1]), megabytes
    if os.WIFSIGNALED(status):  # the limit
        return '>', usage.ru_utime + usage.ru_stime, megabytes
    sys.stderr.write('%s\n%s\nstatus %d\n' % (' '.join(command), text[-500:], status))
    return 'failed ', 0.0, megabytes


def main(bench, limit=60, *tasks):
    peers = find_peers()
    for name, version, command in peers:
        print('%-15s %s' % (name, version if command else 'absent'))
    print('\n%-6s %12s %8s  %s' % ('task', 'ours/s', 'kB', 'peer: seconds (ratio) MB'))
    with tempfile.TemporaryDirectory() as d:
        every = subprocess.run([bench, '--list'], capture_output=True, text=True, check=True).stdout.split()
        for task in tasks or every:
            line = subprocess.run([bench, task], capture_output=True, text=True, check=True).stdout
            ours, memory = float(re.search(r'([\d.]+) s ', line).group(1)), int(re.search(r'(\d+) kB', line).group(1))
            cells = ['%-6s %12.6f %8d ' % (task, ours, memory)]
            path = os.path.join(d, task)
            with open(path, 'w') as f:
                f.write(subprocess.run([bench, '--problem', task], capture_output=True, text=True, check=True).stdout)
            problem = None if task.endswith('c') else load(path)
            if problem:
                with open(path + '.mac', 'w') as f:
                    f.write(maxima_input(problem))
            for name, _, command in peers:
                if not command or not problem:
                    continue
                sign, seconds, megabytes = run(command(path), limit)
                cells.append('%s: %s%.2f (%s%.0f) %d' % (name, sign, seconds, sign, seconds / ours, megabytes))
            print('; '.join(cells), flush=True)


if __name__ == '__main__':
    if len(sys.argv) == 4 and sys.argv[1] == '--child':
        {'sympy': sympy_child, 'sage': sage_child}[sys.argv[2]](sys.argv[3])
    elif len(sys.argv) > 1:
        main(sys.argv[1], *map(int, sys.argv[2:3]), *sys.argv[3:])
    else:
        sys.exit(__doc__)
