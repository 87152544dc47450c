"""Kill tests: workers die at random moments, and nothing is missed and nothing done twice.

`python -m tests.kill --kills 200 --rungs 20000 --seed 1` makes a county with due rungs on the
server that `ONEDOOR_DATABASE_URL` names (else on the embedded one), starts three workers, a
real mail server and a real webhook receiver, kills with SIGKILL, restarts, and proves at the
end what `tests.kill.proof` lists. The test suite runs the same thing smaller.
"""
