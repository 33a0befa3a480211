"""Pixie's official Python client against the stand-in server: lists clusters, and runs scripts with and without encryption.

Takes the address, then for each script a JSON object with the script, the table that it displays and its columns; the key
is read from PX_API_KEY. Prints a line of JSON for each thing that it got.
"""
import asyncio
import json
import os
import sys
import warnings

import pxapi


def say(**what):
    print(json.dumps(what, default=lambda value: value.decode() if isinstance(value, bytes) else str(value)), flush=True)


def run(connection, script, table, columns):
    try:
        for row in connection.prepare_script(script).results(table):
            say(table=table, row={column: row[column] for column in columns})
    except pxapi.PxLError as error:
        say(error=str(error))


address, scripts = sys.argv[1], [json.loads(argument) for argument in sys.argv[2:]]
# To the client it is but a warning that rows came as they are although encryption was asked for.
warnings.filterwarnings('error', message='Received unencrypted')
asyncio.set_event_loop(asyncio.new_event_loop())
for encrypted in (False, True):
    client = pxapi.Client(token=os.environ['PX_API_KEY'], server_url=address, use_encryption=encrypted)
    clusters = client.list_healthy_clusters()
    say(encrypted=encrypted, clusters=[[cluster.name(), cluster.id] for cluster in clusters])
    for script in scripts:
        run(client.connect_to_cluster(clusters[0]), **script)
