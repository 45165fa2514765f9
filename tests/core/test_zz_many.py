import time
from eventhub.core import jobs
from eventhub.core.commands import command
@jobs.handler("many.x")
def x(job): pass
@command
def order(n):
    for i in range(n): jobs.enqueue("many.x", {}, key=f"k{i}")
def test_many(app):
    t=time.time(); order(15000); print(time.time()-t)
