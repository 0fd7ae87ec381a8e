"""`python -m zhijiao`: the same as the `zhijiao` command, where the environment's bin folder is not on the path."""

from zhijiao.cli.main import main

if __name__ == "__main__":
    main()
