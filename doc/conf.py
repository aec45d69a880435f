import pathlib
import re

_here = pathlib.Path(__file__).resolve().parent

project = 'caustic'
copyright = '2026, the caustic authors'
_configure = (_here.parent / 'configure.ac').read_text(encoding='utf-8')
release = version = re.search(r'AC_INIT\(\[caustic\], \[([^]]+)\]', _configure).group(1)
extensions = ['sphinx.ext.mathjax']
master_doc = 'index'
primary_domain = 'c'
highlight_language = 'c'
nitpick_ignore = [('c:identifier', t) for t in (
    'fmpz_mat_t', 'arb_t', 'arb_ptr', 'arb_srcptr', 'arb_mat_t', 'arf_t', 'arf_struct', 'fmpz', 'fmpz_t', 'fmpq', 'fmpq_t',
    'fmpq_mat_t', 'fmpq_mat_struct', 'arb_mat_struct', 'arb_poly_t', 'mag_t', 'slong', 'ulong',
    'size_t', 'FILE', 'uint8_t', 'uint32_t', 'uint64_t')]
nitpick_ignore_regex = [('c:identifier', r'cst_\w+_struct')]  # what is behind a cst_x_t
html_theme = 'alabaster'
exclude_patterns = ['html', '.doctrees']
mathjax_path = 'file:///usr/share/javascript/mathjax/MathJax.js?config=TeX-AMS_HTML'
man_pages = [
    ('caustic.1', 'caustic', 'certify finite-time shock formation', [], 1),
    ('caustic-check.1', 'caustic-check', 'check a certificate of shock formation', [], 1),
]
