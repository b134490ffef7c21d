"""keras-debugger: the package on the command line."""

import argparse
import inspect
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from keras_debugger.errors import InvalidArgumentError, KerasDebuggerError
from keras_debugger.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after `keras-debugger`; those of the process if None.

    Returns:
        Exit status: 0 if nothing is wrong, 1 if `diagnose` found a problem, 2 for a wrong call,
        130 after Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        status = int(options.run(options))
        sys.stdout.flush()  # a closed pipe shows here, and not when Python ends
        return status
    except KerasDebuggerError as error:
        print(f"keras-debugger: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("keras-debugger: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # of a pager or `head` that has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="keras-debugger",
        description="Finds out why a Keras model does not learn, repairs it and proves the gain.",
    )
    parser.add_argument("--version", action="version", version=f"keras-debugger {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="the main job on real data, in about a minute")
    demo.add_argument(
        "--directory",
        type=Path,
        default=Path("keras_debugger_demo"),
        metavar="FOLDER",
        help="where the files go (keras_debugger_demo)",
    )
    demo.set_defaults(run=_demo)

    diagnose = commands.add_parser("diagnose", help="what is wrong in a saved run")
    diagnose.add_argument("file", type=Path, metavar="FILE", help="record, CSV, JSON or pasted log")
    diagnose.add_argument(
        "--save", type=Path, metavar="PATH", help="also write .md, .html or .json"
    )
    diagnose.set_defaults(run=_diagnose)

    report = commands.add_parser("report", help="write the report of a recorded run again")
    report.add_argument(
        "folder", type=Path, metavar="FOLDER", help="directory given to Recorder(directory=...)"
    )
    report.set_defaults(run=_report)

    resume = commands.add_parser("resume", help="continue a run of autofix from its directory")
    resume.add_argument("folder", type=Path, metavar="FOLDER", help="directory given to autofix")
    resume.add_argument("--max-seconds", type=float, metavar="N", help="end after this time")
    resume.add_argument("--executor", default="auto", help="auto, local, processes or ray")
    resume.add_argument("--workers", type=int, metavar="N", help="processes at the same time")
    resume.set_defaults(run=_resume)

    explain = commands.add_parser(
        "explain", help="what a check looks at, or a fix does, and where it comes from"
    )
    explain.add_argument(
        "code",
        metavar="CODE",
        help="such as GRD101, exploding-gradients, clip-gradients, or a part of a name",
    )
    explain.set_defaults(run=_explain)

    list_checks = commands.add_parser("list-checks", help="all checks")
    list_checks.set_defaults(run=_list_checks)
    return parser


def _demo(options: argparse.Namespace) -> int:
    from keras_debugger.demo import wine, wine_classifier
    from keras_debugger.workflow import autofix

    print("A network for the wine data (178 rows, 13 raw measurements) learns nothing. Why?")
    result = autofix(wine_classifier(), wine(), epochs=30, directory=options.directory)
    result.show()
    print("\nFiles:")
    for path in sorted(options.directory.iterdir()):
        print(f"  {path}")
    return 0


def _diagnose(options: argparse.Namespace) -> int:
    from keras_debugger.workflow import diagnose

    _refuse_result(options.file)
    diagnosis = diagnose(options.file)
    written = diagnosis.save(options.save) if options.save else None
    diagnosis.show()
    if written is not None:
        print(f"\nwritten: {written}")
    return 1 if diagnosis.problems else 0


def _report(options: argparse.Namespace) -> int:
    from keras_debugger.workflow import diagnose

    _refuse_result(options.folder)
    diagnosis = diagnose(options.folder)
    for name in ("diagnostic_report.md", "diagnostic_report.html"):
        diagnosis.save(options.folder / name)
        print(options.folder / name)
    return 0


def _refuse_result(folder: Path) -> None:
    """Its epoch logs alone would tell less than the reports that are there, or the opposite."""
    if (folder / "final_report.html").exists():
        raise InvalidArgumentError(
            given=f"{folder}, which holds a result of autofix with its reports",
            expected="a recorded run",
            do=f"open {folder / 'final_report.html'}",
        )


def _resume(options: argparse.Namespace) -> int:
    from keras_debugger.workflow import resume

    result = resume(
        options.folder,
        max_seconds=options.max_seconds,
        executor=options.executor,
        workers=options.workers,
    )
    result.show()
    return 0


def _explain(options: argparse.Namespace) -> int:
    from keras_debugger.checks import ALL_CHECKS

    words = options.code.lower().replace(" ", "-")
    pages: dict[str, type] = {f"{check.code} {check.name}": type(check) for check in ALL_CHECKS}
    meant = [title for title in pages if words in title.lower().split()]
    if not meant:
        from keras_debugger.fixes import ALL_FIXES

        pages |= {fix.name: type(fix) for fix in ALL_FIXES}
        meant = [words] if words in pages else [title for title in pages if words in title.lower()]
    if len(meant) == 1:
        print(f"{meant[0]}\n\n{inspect.getdoc(pages[meant[0]])}")
        return 0
    raise InvalidArgumentError(
        given=f"{options.code!r}, which is in the names of {len(meant)} checks and fixes",
        expected="the code or name of one check, or the name of one fix",
        do="choose one of " + ", ".join(meant) if meant else "see keras-debugger list-checks",
    )


def _list_checks(options: argparse.Namespace) -> int:
    from keras_debugger.checks import ALL_CHECKS

    for check in ALL_CHECKS:
        summary = (inspect.getdoc(type(check)) or "").splitlines()[0]
        print(f"{check.code}  {check.name:32}  {summary}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
