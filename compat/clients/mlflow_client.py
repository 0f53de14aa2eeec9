"""MLflow's own client with a token: logs a run with an artifact, and reads both back. Usage: mlflow_client.py <a folder>"""

import json
import os
import socket
import sys

import mlflow

# As in a browser, what is below .localhost is this machine.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **named: resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)

folder = sys.argv[1]
name = os.path.join(folder, "krümel.bin")
content = bytes(range(256)) * 4096
with open(name, "wb") as file:
    file.write(content)

mlflow.set_experiment("bread")
with mlflow.start_run(run_name="rye 王") as run:
    mlflow.log_param("flour", "Roggen & Käse")
    mlflow.log_metric("crumbs", 0.5)
    mlflow.log_artifact(name)
read = mlflow.get_run(run.info.run_id)
back = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="krümel.bin", dst_path=os.path.join(folder, "back"))
print(
    json.dumps(
        {
            "params": read.data.params,
            "metrics": read.data.metrics,
            "same": open(back, "rb").read() == content,
            "run": run.info.run_id,
            "experiment": run.info.experiment_id,
        }
    )
)
