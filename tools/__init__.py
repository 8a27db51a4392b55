"""What `./psa` does. Standard library only, except where a module says that it runs inside the environment."""
