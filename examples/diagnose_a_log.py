"""Diagnose a run from what it printed: no model, no data, no TensorFlow."""

from pathlib import Path

import keras_debugger

PASTED = """
Epoch 1/8
57/57 - 1s - 12ms/step - accuracy: 0.5714 - loss: 1.3551 - val_accuracy: 0.6100 - val_loss: 1.1984
Epoch 2/8
57/57 - 0s - 3ms/step - accuracy: 0.7450 - loss: 0.8312 - val_accuracy: 0.6600 - val_loss: 1.0121
Epoch 3/8
57/57 - 0s - 3ms/step - accuracy: 0.8400 - loss: 0.5270 - val_accuracy: 0.6800 - val_loss: 1.0377
Epoch 4/8
57/57 - 0s - 3ms/step - accuracy: 0.9120 - loss: 0.3140 - val_accuracy: 0.6750 - val_loss: 1.1542
Epoch 5/8
57/57 - 0s - 3ms/step - accuracy: 0.9560 - loss: 0.1781 - val_accuracy: 0.6700 - val_loss: 1.3320
Epoch 6/8
57/57 - 0s - 3ms/step - accuracy: 0.9790 - loss: 0.0987 - val_accuracy: 0.6650 - val_loss: 1.5214
Epoch 7/8
57/57 - 0s - 3ms/step - accuracy: 0.9910 - loss: 0.0521 - val_accuracy: 0.6700 - val_loss: 1.7302
Epoch 8/8
57/57 - 0s - 3ms/step - accuracy: 0.9960 - loss: 0.0264 - val_accuracy: 0.6650 - val_loss: 1.9405
"""


def main() -> None:
    log = Path("keras_debugger_output/pasted_log.txt")
    log.parent.mkdir(exist_ok=True)
    log.write_text(PASTED, encoding="utf-8")
    print(keras_debugger.diagnose(log))


if __name__ == "__main__":
    main()
