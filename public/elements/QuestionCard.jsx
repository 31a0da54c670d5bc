import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame } = qrev.kit ? qrev.kit(React) : {};

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.QuestionCard ||
  (qrev.QuestionCard = function QuestionCard({ props, sendUserMessage }) {
    const [chosen, setChosen] = useState(null);
    const choose = (choice) => {
      if (chosen !== null) return;
      setChosen(choice);
      sendUserMessage(choice);
    };
    return (
      <Frame title={props.text} note={props.choices.length ? 'Press an answer, or write your own below.' : 'Write your answer below.'}>
        <div className="qrev-row" role="group" aria-label="Answers">
          {props.choices.map((choice) => (
            <button
              key={choice}
              type="button"
              className={`qrev-button ${choice === chosen ? 'qrev-chosen' : 'qrev-quiet'}`}
              disabled={chosen !== null}
              aria-pressed={choice === chosen}
              onClick={() => choose(choice)}
            >
              {choice === chosen ? `✓ ${choice}` : choice}
            </button>
          ))}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? (
  <Card props={props} sendUserMessage={sendUserMessage} />
) : (
  <p role="alert">This page is incomplete. Reload it.</p>
);
